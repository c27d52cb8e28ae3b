/** Time between two ticks, as asked for, in ms. */
// @ts-ignore: decorator
@inline
export const TICK_MS: u32 = 50;
// @ts-ignore: decorator
@inline
const TICK_NS: i64 = <i64>TICK_MS * 1_000_000;
/** A delay counts as this at most: a longer one is a pause, of which one more tick says nothing. */
// @ts-ignore: decorator
@inline
const MAX_DELAY_NS: i64 = 1_000_000_000;
/** What a new delay counts for: they are smoothed over half a second. */
// @ts-ignore: decorator
@inline
const WEIGHT: f64 = 0.1;

/**
 * How late this worker's ticks come, the one sign of its own pressure that a Wasm module can see without help: Envoy
 * ticks from the loop that serves its connections, which is late when there is more to do than a CPU can.
 */
@final
export class TickDelay {
  private lastNs: u64 = 0;
  private smoothNs: f64 = NaN;

  /** Notes a tick. @returns the delay in ns, NaN at the first tick. Allocates: nothing. */
  at(nowNs: u64): f64 {
    const late = <i64>(nowNs - this.lastNs) - TICK_NS;
    if (this.lastNs != 0) this.note(<f64>max<i64>(0, min<i64>(MAX_DELAY_NS, late)));
    this.lastNs = nowNs;
    return this.smoothNs;
  }

  private note(delayNs: f64): void {
    this.smoothNs = isNaN(this.smoothNs) ? delayNs : this.smoothNs + (delayNs - this.smoothNs) * WEIGHT;
  }
}
