import { isHex, readHex } from "../../../assembly/core/hex";
import { TraceContext } from "../context/trace-context";

// What both encodings of B3 share. https://github.com/openzipkin/b3-propagation#identifiers
// The text asks for lower-case digits. Some of its readers take upper case as well, and so do we; we write lower case.

/** Digits of a span id, and of a trace id of 64 bits. */
// @ts-ignore: decorator
@inline
export const SPAN_ID_DIGITS: i32 = 16;
/** Digits of a trace id of 128 bits. */
// @ts-ignore: decorator
@inline
export const TRACE_ID_DIGITS: i32 = 32;

/**
 * Reads the trace id of `length` bytes at `at`.
 * @returns whether it is one: 16 or 32 digits, not all of them 0. Allocates: nothing.
 */
export function readTraceId(at: usize, length: i32, context: TraceContext): bool {
  const isShort = length == SPAN_ID_DIGITS;
  if ((!isShort && length != TRACE_ID_DIGITS) || !isHex(at, length)) return false;
  context.isShort = isShort;
  context.traceIdHigh = isShort ? 0 : readHex(at, 16);
  context.traceIdLow = readHex(at + <usize>length - 16, 16);
  return context.hasTrace;
}

/** The span id of `length` bytes at `at`; 0 when it is none. Allocates: nothing. */
export function readSpanId(at: usize, length: i32): u64 {
  return isSpanId(at, length) ? readHex(at, SPAN_ID_DIGITS) : 0;
}

/** Whether these bytes are a span id, or as many zeros. */
// @ts-ignore: decorator
@inline
export function isSpanId(at: usize, length: i32): bool {
  return length == SPAN_ID_DIGITS && isHex(at, length);
}

/** Whether both name the same span of the same trace. Allocates: nothing. */
export function sameSpan(one: TraceContext, other: TraceContext): bool {
  return one.sameTrace(other) && one.parentId == other.parentId;
}
