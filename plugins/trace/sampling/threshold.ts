// Consistent probability sampling: a trace has a random number R of 56 bits, a share of traces a rejection threshold T,
// and the trace is of the share if R >= T. So whoever decides by the same numbers decides the same, and all that a small
// share has, a larger one has too.
// Source: https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
import { TraceContext } from "../context/trace-context";

/** No threshold, no randomness. */
// @ts-ignore: decorator
@inline
export const NONE: u64 = u64.MAX_VALUE;
/** The threshold of a share of nothing, which no randomness reaches. It is never written. */
// @ts-ignore: decorator
@inline
export const NEVER: u64 = 1 << 56;
/** The threshold of the share of all traces. */
// @ts-ignore: decorator
@inline
export const ALWAYS: u64 = 0;

/** Hexadecimal digits of a threshold. */
// @ts-ignore: decorator
@inline
const DIGITS: i32 = 14;
/** Digits that count, after leading ones that are all 0 or all f: what the specification recommends. */
// @ts-ignore: decorator
@inline
const PRECISION: i32 = 4;

/**
 * The threshold of a share in percent, 0 to 100, rounded to PRECISION digits: as other participants round it, so that
 * the same share is the same traces, and short to write. Of a share, and of what it leaves, it is off by less than 1 in
 * 8000. Shares below 2^-57 are none.
 * Source: "Converting floating-point probability to threshold value" there, made symmetrical for shares near all.
 */
export function thresholdOf(percent: f64): u64 {
  const share = percent / 100;
  const kept = <u64>nearest(share * <f64>NEVER);
  const exact = NEVER - kept;
  const digits = min(DIGITS, PRECISION + leadingDigits(min(share, 1 - share)));
  if (kept == 0 || exact == 0 || digits == DIGITS) return exact;
  const dropped = <u64>(4 * (DIGITS - digits));
  return ((exact + ((<u64>1) << (dropped - 1))) >> dropped) << dropped;
}

/** How many hexadecimal digits after the point are 0 in a fraction from 0 to 1/2. */
function leadingDigits(fraction: f64): i32 {
  const exponent = <i32>(reinterpret<u64>(fraction) >> 52) - 1022;
  return -exponent / 4;
}

/**
 * R of a trace: its explicit one, or the right-most 56 bits of its id, which are presumed to be random.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#presumption-of-traceid-randomness
 * @param explicit the tracestate's `rv`, NONE without one. Allocates: nothing.
 */
// @ts-ignore: decorator
@inline
export function randomnessOf(context: TraceContext, explicit: u64): u64 {
  return explicit != NONE ? explicit : context.traceIdLow & (NEVER - 1);
}
