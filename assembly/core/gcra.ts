// === GCRA: the generic cell rate algorithm, a token bucket whose whole state is one instant ===
//
//   T    emission interval: the time in which one request is earned
//   bT   burst tolerance:   the time in which a full burst is earned
//   TAT  the state: the instant at which all that was admitted will have been earned
//
//          now            TAT                now + bT
//   --------|==============|----------------------|------->
//           |    owed      |  room for (bT - owed) / T requests
//
//   admit if owed + T <= bT, then TAT = now + owed + T      owed = max(0, TAT - now)
//
// A TAT that is not after now is the same as none: forgetting it loses nothing. Over any time t at most b + t / T
// requests are admitted. Source: ITU-T I.371, virtual scheduling; there T is the increment and bT - T the limit.
//
// Time is in ticks of 2^-8 ns, modulo 2^64; only differences are used, so that where the clock starts does not matter.
// T is rounded up to a whole tick: never above the rate, and below it by at most T's share of a tick (4 in a million at
// 1,000,000 a second, less than 1 in 10^16 at 1 a day). bT is at most MAX_TOLERANCE, 180 days. A TAT not looked at for 2^63
// ticks (417 days) would pass for one to come; who keeps states calls `settled` within that time.

/** Ticks in a nanosecond, as a shift. */
// @ts-ignore: decorator
@inline
const TICK_SHIFT: u64 = 8;

// @ts-ignore: decorator
@inline
export const TICKS_PER_SECOND: i64 = 1_000_000_000 << 8;

/** Longest time in which a full burst may be earned, in ticks: 180 days. */
// @ts-ignore: decorator
@inline
export const MAX_TOLERANCE: i64 = 180 * 86_400 * TICKS_PER_SECOND;

/** A reading of a monotonic clock in ticks. */
// @ts-ignore: decorator
@inline
export function ticksOf(nowNs: u64): u64 {
  return nowNs << TICK_SHIFT;
}

/**
 * Time in ticks that never goes back, of a clock that should not but might: a step back passes as no time at all.
 * Workers that read one clock agree on the time as long as their `offsetNs` is the same.
 */
@final
export class Timeline {
  /** What is added to readings: the sum of all steps back. */
  offsetNs: u64 = 0;
  /** Time at the last reading. */
  private lastNs: u64;
  private started: bool;

  /** @param readingNs the clock's reading now; 0 when there is none: time then begins with the first reading. */
  constructor(readingNs: u64) {
    this.lastNs = readingNs;
    this.started = readingNs != 0;
  }

  /** The ticks at a reading of the clock. */
  at(readingNs: u64): u64 {
    let nowNs = readingNs + this.offsetNs;
    if (this.started && <i64>(nowNs - this.lastNs) < 0) {
      this.offsetNs += this.lastNs - nowNs;
      nowNs = this.lastNs;
    }
    this.started = true;
    this.lastNs = nowNs;
    return ticksOf(nowNs);
  }

  /** Adopts another worker's offset if it is ahead. @returns whether ours was ahead, so that others should adopt it. */
  agree(offsetNs: u64): bool {
    if (<i64>(offsetNs - this.offsetNs) > 0) this.offsetNs = offsetNs;
    return offsetNs != this.offsetNs;
  }
}

/** Whether the state `tat` owes nothing, so that it may be forgotten. */
// @ts-ignore: decorator
@inline
export function owesNothing(tat: u64, now: u64): bool {
  return <i64>(tat - now) <= 0;
}

/** The state `tat`, or `now` in its place if it owes nothing; keeps states younger than half the range of time. */
// @ts-ignore: decorator
@inline
export function settled(tat: u64, now: u64): u64 {
  return owesNothing(tat, now) ? now : tat;
}

/** Seconds, rounded up and at least 1, in `wait` ticks: for Retry-After. */
export function waitSeconds(wait: i64): u32 {
  return <u32>max<i64>(1, (wait + TICKS_PER_SECOND - 1) / TICKS_PER_SECOND);
}

/** So many requests in so much time, and how many at once. Not to be changed; methods allocate nothing unless they say so. */
@final
export class Quota {
  /** T, in ticks. */
  interval: i64;
  /** bT, in ticks. */
  tolerance: i64;
  /** b: no request may cost more, or it would never be admitted. */
  burst: i64;
  /** As configured, for people; of a part of a quota at least 1. */
  requests: i64;

  /**
   * @param requests 1 to 10^9 in `periodSeconds`, at most 1,000,000 a second.
   * @param burst at least 1, such that `fits`.
   */
  constructor(
    requests: i64,
    readonly periodSeconds: i64,
    burst: i64,
  ) {
    this.requests = requests;
    this.interval = intervalOf(requests, periodSeconds);
    this.tolerance = burst * this.interval;
    this.burst = burst;
  }

  /** Whether a full burst is earned within MAX_TOLERANCE. */
  static fits(requests: i64, periodSeconds: i64, burst: i64): bool {
    return burst <= MAX_TOLERANCE / intervalOf(requests, periodSeconds);
  }

  /**
   * This quota at `percent` of its rate and of its burst. The tolerance stays, so that a state under the one is also a
   * state under the other: nobody owes longer than under the full quota, and nothing need be converted. Only where less
   * than one request would be left of the burst, one is left. Allocates.
   * @param percent above 0; what is below 10^-6 counts as that.
   */
  percent(percent: f64): Quota {
    const share = max(percent, 1e-6) / 100;
    const scaled = new Quota(1, this.periodSeconds, 1);
    scaled.requests = max<i64>(1, <i64>nearest(<f64>this.requests * share));
    scaled.set(<i64>min(ceil(<f64>this.interval / share), <f64>MAX_TOLERANCE), this.tolerance);
    return scaled;
  }

  private set(interval: i64, tolerance: i64): void {
    this.interval = max<i64>(1, interval);
    this.tolerance = max(tolerance, this.interval);
    this.burst = this.tolerance / this.interval;
  }

  /**
   * Ticks until requests of this cost may be admitted, 0 for at once.
   * A state further ahead than a full burst (another quota's, or time went back) counts as a full burst.
   * @param tat the state, or `now` for a key that has none. @param cost 1 to `burst`.
   */
  wait(tat: u64, now: u64, cost: i64 = 1): i64 {
    return max<i64>(0, this.owed(tat, now) + cost * this.interval - this.tolerance);
  }

  /** How many may be admitted at once, 0 to `burst`. */
  available(tat: u64, now: u64): i64 {
    return (this.tolerance - this.owed(tat, now)) / this.interval;
  }

  /** The state after requests of this cost are admitted. Only when `wait` for them is 0. */
  debit(tat: u64, now: u64, cost: i64 = 1): u64 {
    return now + <u64>(this.owed(tat, now) + cost * this.interval);
  }

  // @ts-ignore: decorator
  @inline
  private owed(tat: u64, now: u64): i64 {
    return min<i64>(max<i64>(0, <i64>(tat - now)), this.tolerance);
  }
}

/** The state after `count` that were debited, at `interval` ticks or more each, are given back: never before `now`. */
// @ts-ignore: decorator
@inline
export function credited(tat: u64, now: u64, count: i64, interval: i64): u64 {
  return settled(tat - <u64>(count * interval), now);
}

// @ts-ignore: decorator
@inline
function intervalOf(requests: i64, periodSeconds: i64): i64 {
  return (periodSeconds * TICKS_PER_SECOND + requests - 1) / requests;
}
