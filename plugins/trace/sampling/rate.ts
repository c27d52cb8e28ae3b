import { Quota, TICKS_PER_SECOND } from "../../../assembly/core/gcra";

/** Rates are in hundredths of a trace a second, so that a trace a minute can be asked for too. */
// @ts-ignore: decorator
@inline
const HUNDREDTHS: i64 = 100;
/** What the readings of a clock can differ by between two workers, in ticks. */
// @ts-ignore: decorator
@inline
const APART: i64 = 10 * TICKS_PER_SECOND;

/** A tick that comes this much before a second is over, in the clock's ticks, still finds what a second brings. */
// @ts-ignore: decorator
@inline
const MOST_EARLY: i64 = TICKS_PER_SECOND / 1000;

/**
 * At most so many traces a second, after a pause as many at once as a second brings, at least one. The state is one
 * instant, see assembly/core/gcra.ts, so that all workers can share it.
 *
 * The time need not be exact: workers that each ask with the time of their last tick are admitted no more than
 * rate * (t + tick) + burst over any time t, since an old time never gives more than the true one. Of a steady stream
 * of more, a worker that ticks every second samples what comes first after each tick, and from 1 a second on at least
 * 95 % of the rate; below it one trace every so many whole seconds.
 */
@final
export class SampleRate {
  private readonly quota: Quota;
  /** Less than the time of one trace, so that a full bucket is full. */
  private readonly early: i64;
  /** The state after what `admits` admitted. */
  next: u64 = 0;

  /** @param perSecond from 0.01 to 1,000,000; rounded to hundredths. Allocates. */
  constructor(perSecond: f64) {
    const hundredths = max<i64>(1, <i64>nearest(perSecond * <f64>HUNDREDTHS));
    const quota = new Quota(hundredths, HUNDREDTHS, (hundredths + HUNDREDTHS - 1) / HUNDREDTHS);
    this.quota = quota;
    this.early = min(MOST_EARLY, quota.interval - 1);
  }

  /**
   * Whether one more trace may be sampled.
   * @param state what was stored last, `now` when nothing was. @param now in ticks. Allocates: nothing.
   */
  admits(state: u64, now: u64): bool {
    // Further ahead than any worker of this rate can have written: of another rate, or the clock went back.
    if (<i64>(state - now) > this.quota.tolerance + APART) state = now;
    if (this.quota.wait(state, now) > this.early) return false;
    this.next = this.quota.debit(state, now);
    return true;
  }
}

/** Where rates have their states: one bucket for each, by number. */
export abstract class RateSource {
  /** Whether one more trace may be sampled; if so, it counts. Allocates: nothing. */
  abstract take(bucket: i32): bool;
}
