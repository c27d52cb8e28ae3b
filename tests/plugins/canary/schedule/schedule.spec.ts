import { DAY_MS, parseRfc3339 } from "../../../../assembly/core/rfc3339";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { ALL_DAYS, Schedule, ScheduleState, TimeWindow } from "../../../../plugins/canary/schedule/schedule";

const MON_TUE: i32 = 0b11;
const FRI: i32 = 1 << 4;
const SUN: i32 = 1 << 6;

function isOpen(window: TimeWindow, time: string): bool {
  return window.isOpen(parseRfc3339(time));
}

// 2026-11-23 is a Monday.
describe("TimeWindow", () => {
  it("is open in its hours of its days", () => {
    const window = new TimeWindow(MON_TUE, 9 * 60, 17 * 60 + 30, 0);
    expect<bool>(isOpen(window, "2026-11-23T08:59:59.999Z")).toBe(false);
    expect<bool>(isOpen(window, "2026-11-23T09:00:00Z")).toBe(true);
    expect<bool>(isOpen(window, "2026-11-23T17:29:59.999Z")).toBe(true);
    expect<bool>(isOpen(window, "2026-11-23T17:30:00Z")).toBe(false);
    expect<bool>(isOpen(window, "2026-11-24T12:00:00Z")).toBe(true);
    expect<bool>(isOpen(window, "2026-11-25T12:00:00Z")).toBe(false);
    expect<bool>(isOpen(window, "2026-11-22T12:00:00Z")).toBe(false);
  });

  it("counts days and hours in its own distance from UTC", () => {
    const east = new TimeWindow(MON_TUE, 0, 60, 9 * 60);
    expect<bool>(isOpen(east, "2026-11-22T15:00:00Z")).toBe(true, "Monday 00:00 at +09:00");
    expect<bool>(isOpen(east, "2026-11-22T14:59:59Z")).toBe(false);
    expect<bool>(isOpen(east, "2026-11-24T15:00:00Z")).toBe(false, "Wednesday there");
    const west = new TimeWindow(SUN, 22 * 60, 1440, -330);
    expect<bool>(isOpen(west, "2026-11-23T05:29:59Z")).toBe(true, "Sunday 23:59:59 at -05:30");
    expect<bool>(isOpen(west, "2026-11-23T05:30:00Z")).toBe(false);
  });

  it("lets hours over midnight belong to the day on which they begin", () => {
    const night = new TimeWindow(FRI, 22 * 60, 6 * 60, 0);
    expect<bool>(isOpen(night, "2026-11-27T05:00:00Z")).toBe(false);
    expect<bool>(isOpen(night, "2026-11-27T22:00:00Z")).toBe(true);
    expect<bool>(isOpen(night, "2026-11-28T05:59:59Z")).toBe(true);
    expect<bool>(isOpen(night, "2026-11-28T06:00:00Z")).toBe(false);
    expect<bool>(isOpen(night, "2026-11-28T22:00:00Z")).toBe(false);
    const weekEnd = new TimeWindow(SUN, 22 * 60, 6 * 60, 0);
    expect<bool>(isOpen(weekEnd, "2026-11-23T03:00:00Z")).toBe(true, "Monday, from Sunday on");
  });

  it("may be open all the time, before 1970 too", () => {
    const window = new TimeWindow(ALL_DAYS, 0, 1440, 0);
    for (let i = -20; i < 20; i++) expect<bool>(window.isOpen(<i64>i * 7 * 3_600_000 - 1)).toBe(true);
  });

  // Against looking at each minute of two weeks.
  it("opens next when it says", () => {
    const chance = new Xoshiro256();
    chance.seedPoor(6, 0, 0, 0);
    for (let round = 0; round < 100; round++) {
      const from = <i32>(chance.next() % 1440);
      const to = 1 + <i32>((<u64>from + (chance.next() % 1439)) % 1440); // another one than from
      const window = new TimeWindow(1 + <i32>(chance.next() % ALL_DAYS), from, to, <i32>(chance.next() % 2879) - 1439);
      const start = 1_795_248_000_000 + <i64>(chance.next() % 20_000) * 60_000;
      let expected = start;
      while (!window.isOpen(expected)) expected += 60_000;
      assert(window.nextOpen(start) == expected, `round ${round}`);
      assert(expected - start < 8 * DAY_MS);
    }
  });
});

function scheduled(start: string, end: string, windows: StaticArray<TimeWindow> = []): Schedule {
  const from = start.length > 0 ? parseRfc3339(start) : i64.MIN_VALUE;
  return new Schedule(from, end.length > 0 ? parseRfc3339(end) : i64.MAX_VALUE, windows);
}

describe("Schedule", () => {
  it("is active from its start to its end", () => {
    const schedule = scheduled("2026-11-21T09:00:00+01:00", "2026-11-22T09:00:00+01:00");
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-11-21T07:59:59.999Z"))).toBe(ScheduleState.Early);
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-11-21T08:00:00Z"))).toBe(ScheduleState.Active);
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-11-22T07:59:59.999Z"))).toBe(ScheduleState.Active);
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-11-22T08:00:00Z"))).toBe(ScheduleState.Over);
    expect<bool>(schedule.isActive(parseRfc3339("2026-11-21T08:00:00Z"))).toBe(true);
    expect<bool>(schedule.isActive(0)).toBe(false);
  });

  it("may have no end, or no start", () => {
    expect<bool>(scheduled("2026-11-21T09:00:00Z", "").isActive(i64.MAX_VALUE - 1)).toBe(true);
    expect<bool>(scheduled("", "2026-11-21T09:00:00Z").isActive(0)).toBe(true);
  });

  it("is active in any of its windows", () => {
    const windows: StaticArray<TimeWindow> = [new TimeWindow(MON_TUE, 60, 120, 0), new TimeWindow(FRI, 0, 1440, 0)];
    const schedule = scheduled("2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", windows);
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-11-23T00:30:00Z"))).toBe(ScheduleState.Closed);
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-11-23T01:30:00Z"))).toBe(ScheduleState.Active);
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-11-27T23:59:59Z"))).toBe(ScheduleState.Active);
    expect<ScheduleState>(schedule.state(parseRfc3339("2026-12-04T01:00:00Z"))).toBe(ScheduleState.Over);
  });

  it("knows that it never starts", () => {
    expect<bool>(scheduled("2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z").neverStarts()).toBe(true);
    expect<bool>(scheduled("2026-11-21T09:00:00Z", "2026-11-21T09:00:01Z").neverStarts()).toBe(false);
    expect<bool>(scheduled("2026-11-21T09:00:00Z", "").neverStarts()).toBe(false);
    expect<bool>(scheduled("", "2026-11-21T09:00:00Z").neverStarts()).toBe(false);
    const mondays: StaticArray<TimeWindow> = [new TimeWindow(1, 60, 120, 0)];
    expect<bool>(scheduled("2026-11-23T02:00:00Z", "2026-11-30T01:00:00Z", mondays).neverStarts()).toBe(true);
    expect<bool>(scheduled("2026-11-23T02:00:00Z", "2026-11-30T01:00:01Z", mondays).neverStarts()).toBe(false);
    expect<bool>(scheduled("2026-11-23T01:59:59Z", "2026-11-23T02:00:00Z", mondays).neverStarts()).toBe(false);
    expect<bool>(scheduled("", "2026-11-30T01:00:01Z", mondays).neverStarts()).toBe(false);
  });
});
