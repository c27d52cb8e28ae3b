import { ByteView } from "./bytes";
import { skipOws, trimOws } from "./ows";

// tracestate (W3C Trace Context, https://www.w3.org/TR/trace-context-2/#tracestate-header):
//
//   tracestate: rojo=00f067aa0ba902b7 , congo=t61rcWkgMzE
//               key  value            ^ white space around members is not part of them
//
// The key grammar is level 2's, which takes in all of level 1's.

/** List members that all tracestate headers of a request together may have. */
// @ts-ignore: decorator
@inline
export const MAX_TRACESTATE_MEMBERS: i32 = 32;
/** What `countTracestateMembers` says of a value that the grammar does not allow. */
// @ts-ignore: decorator
@inline
export const NO_TRACESTATE: i32 = -1;

// @ts-ignore: decorator
@inline
const MAX_KEY_BYTES: usize = 256;
// @ts-ignore: decorator
@inline
const MAX_VALUE_BYTES: usize = 256;
// @ts-ignore: decorator
@inline
const COMMA: u8 = 0x2c;
// @ts-ignore: decorator
@inline
const EQUALS: u8 = 0x3d;

/**
 * Number of list members in one tracestate header, empty ones not counted, or NO_TRACESTATE. A key that occurs twice is
 * allowed: https://www.w3.org/TR/trace-context-2/#mutating-the-tracestate-field lets it pass. Allocates: nothing.
 */
export function countTracestateMembers(value: ByteView): i32 {
  const end = value.ptr + <usize>value.length;
  let members = 0;
  for (let at = value.ptr; at < end; at++) {
    const memberEnd = find(COMMA, at, end);
    const start = skipOws(at, memberEnd);
    // https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values: empty members are allowed.
    if (start < memberEnd) {
      if (!isMember(start, trimOws(start, memberEnd))) return NO_TRACESTATE;
      members++;
    }
    at = memberEnd;
  }
  return members;
}

/** Whether key, `=` and value stand from `at` to `end`. */
function isMember(at: usize, end: usize): bool {
  const equals = find(EQUALS, at, end);
  return equals < end && isKey(at, equals) && isValue(equals + 1, end);
}

/** https://www.w3.org/TR/trace-context-2/#key */
function isKey(at: usize, end: usize): bool {
  if (at == end || end - at > MAX_KEY_BYTES || !isLowerAlphanumeric(load<u8>(at))) return false;
  for (at++; at < end; at++) {
    if (!isKeyByte(load<u8>(at))) return false;
  }
  return true;
}

/** https://www.w3.org/TR/trace-context-2/#value: printable, no `,` and no `=`; the last byte is known to be no space. */
function isValue(at: usize, end: usize): bool {
  if (at == end || end - at > MAX_VALUE_BYTES) return false;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte < 0x20 || byte > 0x7e || byte == EQUALS) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function isKeyByte(byte: u8): bool {
  // _ - * / @
  return isLowerAlphanumeric(byte) || byte == 0x5f || byte == 0x2d || byte == 0x2a || byte == 0x2f || byte == 0x40;
}

// @ts-ignore: decorator
@inline
function isLowerAlphanumeric(byte: u8): bool {
  return <u32>(byte - 0x30) < 10 || <u32>(byte - 0x61) < 26;
}

/** The address of the first `byte` from `at` on, or `end`. */
function find(byte: u8, at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != byte) at++;
  return at;
}
