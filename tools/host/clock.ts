const NS_PER_MS = 1_000_000n;
/** 2026-01-01T00:00:00Z: a run is reproducible only when it does not begin now. */
const DEFAULT_WALL_NS = 1_767_225_600n * 1_000_000_000n;
const DEFAULT_MONOTONIC_NS = 3_600n * 1_000_000_000n;

/** Something due on the monotonic clock. */
export interface Alarm {
  cancel(): void;
}

interface PendingAlarm extends Alarm {
  dueNs: bigint;
  order: number;
  fire: () => void;
}

/**
 * Time that only a test moves. Both clocks advance together; the wall clock can be stepped on its own, as an
 * operator or NTP would step it.
 */
export class VirtualClock {
  #monotonicNs: bigint;
  #wallNs: bigint;
  #alarms: PendingAlarm[] = [];
  #order = 0;

  constructor(start: { monotonicNs?: bigint; wallNs?: bigint } = {}) {
    this.#monotonicNs = start.monotonicNs ?? DEFAULT_MONOTONIC_NS;
    this.#wallNs = start.wallNs ?? DEFAULT_WALL_NS;
  }

  /** Nanoseconds since some moment in the past; never goes backward. */
  monotonicNs(): bigint {
    return this.#monotonicNs;
  }

  /** Nanoseconds since the epoch. */
  wallNs(): bigint {
    return this.#wallNs;
  }

  /**
   * Moves both clocks by n milliseconds (fractions allowed, not negative), firing what falls due (ticks of every VM,
   * timeouts of HTTP calls) in order, each at its own time.
   */
  advanceMs(milliseconds: number): void {
    this.advanceNs(BigInt(Math.round(milliseconds * 1e6)));
  }

  /** The same in nanoseconds. */
  advanceNs(nanoseconds: bigint): void {
    if (nanoseconds < 0n) throw new RangeError("a monotonic clock does not go backward");
    const target = this.#monotonicNs + nanoseconds;
    for (let next = this.#next(target); next; next = this.#next(target)) {
      this.#moveTo(next.dueNs);
      next.cancel();
      next.fire();
    }
    this.#moveTo(target);
  }

  /**
   * Moves both clocks while nothing runs, as when a machine is suspended: what falls due meanwhile fires afterwards,
   * late, and a tick once however many were missed.
   */
  stallNs(nanoseconds: bigint): void {
    if (nanoseconds < 0n) throw new RangeError("a monotonic clock does not go backward");
    this.#moveTo(this.#monotonicNs + nanoseconds);
    for (let next = this.#next(this.#monotonicNs); next; next = this.#next(this.#monotonicNs)) {
      next.cancel();
      next.fire();
    }
  }

  /** Steps the wall clock alone; negative n steps it back. */
  stepWallMs(milliseconds: number): void {
    this.#wallNs += BigInt(Math.round(milliseconds * 1e6));
  }

  /** Calls `fire` once, when the monotonic clock has moved on by n milliseconds. */
  after(milliseconds: number, fire: () => void): Alarm {
    const alarm: PendingAlarm = {
      dueNs: this.#monotonicNs + BigInt(milliseconds) * NS_PER_MS,
      order: this.#order++,
      fire,
      cancel: () => {
        const index = this.#alarms.indexOf(alarm);
        if (index >= 0) this.#alarms.splice(index, 1);
      },
    };
    this.#alarms.push(alarm);
    return alarm;
  }

  #next(target: bigint): PendingAlarm | undefined {
    let next: PendingAlarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.dueNs > target) continue;
      if (!next || alarm.dueNs < next.dueNs || (alarm.dueNs === next.dueNs && alarm.order < next.order)) next = alarm;
    }
    return next;
  }

  #moveTo(monotonicNs: bigint): void {
    this.#wallNs += monotonicNs - this.#monotonicNs;
    this.#monotonicNs = monotonicNs;
  }
}
