import { Xoshiro256 } from "./xoshiro256";

/** The caller may have recorded this trace. https://www.w3.org/TR/trace-context-2/#sampled-flag */
// @ts-ignore: decorator
@inline
export const FLAG_SAMPLED: u8 = 1;
/** The right-most 7 bytes of the trace id are random. https://www.w3.org/TR/trace-context-2/#random-trace-id-flag */
// @ts-ignore: decorator
@inline
export const FLAG_RANDOM: u8 = 2;
/** How many values the random part of a trace id, its right-most 7 bytes, can have. */
// @ts-ignore: decorator
@inline
const RANDOM_IDS: u64 = 1 << 56;

/** Where a request stands in a trace, in no format's terms: what a format's writer writes. */
@final
export class TraceContext {
  traceIdHigh: u64 = 0;
  traceIdLow: u64 = 0;
  parentId: u64 = 0;
  flags: u8 = 0;

  /**
   * Starts a new trace: ids drawn from `random`, never zero, and FLAG_RANDOM, as level 2 asks for random ids.
   * @param skipBelow sampled unless the random part of the trace id is below it, see `skipBelowOf`. The decision follows
   * from the id alone, so it can be made again elsewhere, with the same result.
   * Source: OpenTelemetry's consistent probability sampling (randomness R, rejection threshold T, sampled when R >= T).
   * Allocates: nothing.
   */
  start(random: Xoshiro256, skipBelow: u64): void {
    do {
      this.traceIdHigh = random.next();
      this.traceIdLow = random.next();
    } while ((this.traceIdHigh | this.traceIdLow) == 0);
    do {
      this.parentId = random.next();
    } while (this.parentId == 0);
    const sampled = (this.traceIdLow & (RANDOM_IDS - 1)) >= skipBelow;
    this.flags = sampled ? FLAG_RANDOM | FLAG_SAMPLED : FLAG_RANDOM;
  }
}

/** The threshold for `start` that samples `percent` (0 to 100) of traces: rounded to one id in 2^56. */
export function skipBelowOf(percent: f64): u64 {
  return RANDOM_IDS - <u64>Math.round((percent / 100) * <f64>RANDOM_IDS);
}
