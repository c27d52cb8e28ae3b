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
const TICKS_PER_SECOND: i64 = 1_000_000_000 << 8;

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

/** Time in ticks that never goes back, of a clock that should not but might: a step back passes as no time at all. */
@final
export class Timeline {
  private offsetNs: u64 = 0;

  /** @param lastNs the clock's reading now; 0 when there is none: time then begins with the first reading. */
  constructor(private lastNs: u64) {}

  /** The ticks at a reading of the clock. */
  at(readingNs: u64): u64 {
    if (this.lastNs == 0 || <i64>(readingNs - this.lastNs) < 0) this.offsetNs += this.lastNs - readingNs;
    this.lastNs = readingNs;
    return ticksOf(readingNs + this.offsetNs);
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

/** So many requests in so much time, and how many at once. */
@final
export class Quota {
  /** T, in ticks. */
  readonly interval: i64;
  /** bT, in ticks. */
  readonly tolerance: i64;

  /**
   * @param requests 1 to 10^9 in `periodSeconds`, at most 1,000,000 a second.
   * @param burst at least 1, such that `fits`.
   */
  constructor(requests: i64, periodSeconds: i64, burst: i64) {
    this.interval = intervalOf(requests, periodSeconds);
    this.tolerance = burst * this.interval;
  }

  /** Whether a full burst is earned within MAX_TOLERANCE. */
  static fits(requests: i64, periodSeconds: i64, burst: i64): bool {
    return burst <= MAX_TOLERANCE / intervalOf(requests, periodSeconds);
  }

  /**
   * Ticks until one more request may be admitted, 0 for at once.
   * A state further ahead than a full burst (another quota's, or time went back) counts as a full burst.
   * @param tat the state, or `now` for a key that has none.
   */
  wait(tat: u64, now: u64): i64 {
    return max<i64>(0, this.owed(tat, now) + this.interval - this.tolerance);
  }

  /** The state after one more request is admitted. Only when `wait` is 0. */
  debit(tat: u64, now: u64): u64 {
    return now + <u64>(this.owed(tat, now) + this.interval);
  }

  // @ts-ignore: decorator
  @inline
  private owed(tat: u64, now: u64): i64 {
    return min<i64>(max<i64>(0, <i64>(tat - now)), this.tolerance);
  }
}

// @ts-ignore: decorator
@inline
function intervalOf(requests: i64, periodSeconds: i64): i64 {
  return (periodSeconds * TICKS_PER_SECOND + requests - 1) / requests;
}
