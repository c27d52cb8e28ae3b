/** Streams that share a count. */
// @ts-ignore: decorator
@inline
const SLOTS: u32 = 4096;
// @ts-ignore: decorator
@inline
const FULL: u8 = 255;
/** By the low bits of stream ids; of the whole VM, so that a configuration ends the spans of the one before. */
const COUNTS: usize = memory.data(4096);

/** Notes that the stream has a span to be ended. Allocates: nothing. */
export function awaitSpan(contextId: u32): void {
  const slot = COUNTS + <usize>(contextId & (SLOTS - 1));
  const count = load<u8>(slot);
  if (count != FULL) store<u8>(slot, count + 1);
}

/**
 * Whether the stream may have a span: true for each that has, and for few others, so that the end of a stream without one
 * costs no host call. Allocates: nothing.
 */
// @ts-ignore: decorator
@inline
export function mayHaveSpan(contextId: u32): bool {
  return load<u8>(COUNTS + <usize>(contextId & (SLOTS - 1))) != 0;
}

/** The stream's span has ended. A count that was full stays so. Allocates: nothing. */
export function endSpan(contextId: u32): void {
  const slot = COUNTS + <usize>(contextId & (SLOTS - 1));
  const count = load<u8>(slot);
  if (count != 0 && count != FULL) store<u8>(slot, count - 1);
}
