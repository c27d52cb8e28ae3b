import { ByteView, findByte } from "./bytes";
import { isLowerHex, isNonZeroLowerHex } from "./hex";
import { skipOws, trimOws } from "./ows";

// traceparent, version 00 (W3C Trace Context, https://www.w3.org/TR/trace-context-2/#traceparent-header):
//
//   00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
//   0  3 trace-id                       36 parent-id     53 trace-flags

// @ts-ignore: decorator
@inline
export const TRACEPARENT_BYTES: usize = 55;
/** Where the trace id begins, of 32 digits. */
// @ts-ignore: decorator
@inline
export const TRACE_ID: usize = 3;
/** Where the parent id begins, of 16 digits. */
// @ts-ignore: decorator
@inline
export const PARENT_ID: usize = 36;
/** Where the flags begin, of 2 digits. */
// @ts-ignore: decorator
@inline
export const TRACE_FLAGS: usize = 53;
// @ts-ignore: decorator
@inline
export const DASH: u8 = 0x2d;
// @ts-ignore: decorator
@inline
const COMMA: u8 = 0x2c;
/** "00" as two bytes. */
// @ts-ignore: decorator
@inline
export const VERSION_00: u16 = 0x3030;
/** "ff" as two bytes. */
// @ts-ignore: decorator
@inline
const VERSION_FF: u16 = 0x6666;

/**
 * Whether a traceparent can be continued; if not, the trace has to be restarted. White space around it is taken for the
 * transport's. Allocates: nothing.
 */
export function isTraceparent(value: ByteView): bool {
  const valueEnd = value.ptr + <usize>value.length;
  const at = skipOws(value.ptr, valueEnd);
  return isTraceparentAt(at, trimOws(at, valueEnd));
}

/** Whether the bytes from `at` to `end`, without white space around them, are one to continue. Allocates: nothing. */
export function isTraceparentAt(at: usize, end: usize): bool {
  // https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent: what is shorter is not to be parsed.
  if (end - at < TRACEPARENT_BYTES || !isLowerHex(at, 2) || !hasDashes(at)) return false;
  // https://www.w3.org/TR/trace-context-2/#trace-id and #parent-id: all zeros are invalid.
  if (!isNonZeroLowerHex(at + TRACE_ID, 32) || !isNonZeroLowerHex(at + PARENT_ID, 16)) return false;
  return isLowerHex(at + TRACE_FLAGS, 2) && versionAllows(at, end);
}

function hasDashes(at: usize): bool {
  return load<u8>(at, 2) == DASH && load<u8>(at, 35) == DASH && load<u8>(at, 52) == DASH;
}

/** Whether the version at `at` is one to continue and may be followed by what stands from the 56th byte to `end`. */
function versionAllows(at: usize, end: usize): bool {
  const version = load<u16>(at);
  // https://www.w3.org/TR/trace-context-2/#version: ff is forbidden.
  if (version == VERSION_FF) return false;
  const rest = at + TRACEPARENT_BYTES;
  if (rest == end) return true;
  // https://www.w3.org/TR/trace-context-2/#version-format: version 00 ends here.
  // https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent: a later one goes on after a dash.
  if (version == VERSION_00 || load<u8>(rest) != DASH) return false;
  // Of its unknown rest nothing may be assumed but this: a comma is what a hop leaves that joined two traceparent headers
  // into one, and two of them are none.
  return findByte(COMMA, rest, end) == end;
}
