import { DAY_MS, MINUTE_MS } from "../../../assembly/core/rfc3339";

/** 1970-01-01 was a Thursday: the fourth day of a week that begins with Monday. */
// @ts-ignore: decorator
@inline
const EPOCH_WEEKDAY: i64 = 3;

// @ts-ignore: decorator
@inline
export const ALL_DAYS: i32 = 0b1111111;

/**
 * Hours of some days of the week, in a fixed distance from UTC: what summer time makes of them is for the configuration to
 * say. Hours over midnight, `to` not after `from`, belong to the day on which they begin.
 */
@final
export class TimeWindow {
  private readonly from: i64;
  private readonly length: i64;
  private readonly offset: i64;

  /**
   * @param days bit 0 for Monday to bit 6 for Sunday, at least one.
   * @param from minute of the day, 0 to 1439. @param to minute of the day, 1 to 1440, not in the window.
   * @param offset minutes east of UTC.
   */
  constructor(
    private readonly days: i32,
    from: i32,
    to: i32,
    offset: i32,
  ) {
    this.from = <i64>from * MINUTE_MS;
    this.length = <i64>(to > from ? to - from : to - from + 1440) * MINUTE_MS;
    this.offset = <i64>offset * MINUTE_MS;
  }

  /** At a time in ms since the Unix epoch. Allocates: nothing. */
  isOpen(wallMs: i64): bool {
    // As if days began with the window's hours.
    const local = wallMs + this.offset - this.from;
    return modulo(local, DAY_MS) < this.length && this.has(floorOf(local, DAY_MS));
  }

  /** The first time from `wallMs` on at which it is open. Allocates: nothing. */
  nextOpen(wallMs: i64): i64 {
    if (this.isOpen(wallMs)) return wallMs;
    let day = floorOf(wallMs + this.offset - this.from, DAY_MS) + 1;
    while (!this.has(day)) day++;
    return day * DAY_MS + this.from - this.offset;
  }

  /** Whether it opens on a day, counted from 1970-01-01. */
  private has(day: i64): bool {
    return ((this.days >> (<i32>modulo(day + EPOCH_WEEKDAY, 7))) & 1) != 0;
  }
}

/** What a schedule says of a time. */
export enum ScheduleState {
  Active,
  /** Before its start. */
  Early,
  /** From its end on. */
  Over,
  /** In none of its windows. */
  Closed,
}

/** When a rule is there: from a start to an end, and then only in some hours. */
@final
export class Schedule {
  /**
   * @param start the first time in ms since the Unix epoch, i64.MIN_VALUE without one.
   * @param end the first time after it, i64.MAX_VALUE without one.
   * @param windows of which one must be open; none: no matter.
   */
  constructor(
    readonly start: i64,
    readonly end: i64,
    private readonly windows: StaticArray<TimeWindow>,
  ) {}

  /** At a time in ms since the Unix epoch. Allocates: nothing. */
  state(wallMs: i64): ScheduleState {
    if (wallMs < this.start) return ScheduleState.Early;
    if (wallMs >= this.end) return ScheduleState.Over;
    const windows = this.windows;
    for (let i = 0, count = windows.length; i < count; i++) {
      if (unchecked(windows[i]).isOpen(wallMs)) return ScheduleState.Active;
    }
    return windows.length == 0 ? ScheduleState.Active : ScheduleState.Closed;
  }

  /** Whether the rule is there at a time in ms since the Unix epoch, the same on every proxy. Allocates: nothing. */
  isActive(wallMs: i64): bool {
    return this.state(wallMs) == ScheduleState.Active;
  }

  /** Whether there is no time at which it is active: the end is not after the start, or no window opens between them. */
  neverStarts(): bool {
    if (this.end <= this.start) return true;
    const windows = this.windows;
    if (windows.length == 0 || this.start == i64.MIN_VALUE) return false;
    for (let i = 0; i < windows.length; i++) if (windows[i].nextOpen(this.start) < this.end) return false;
    return true;
  }
}

/** Towards minus infinity. */
// @ts-ignore: decorator
@inline
function floorOf(value: i64, by: i64): i64 {
  return (value - modulo(value, by)) / by;
}

/** Never negative. */
// @ts-ignore: decorator
@inline
function modulo(value: i64, by: i64): i64 {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}
