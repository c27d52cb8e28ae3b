import { ByteView, findByte } from "./bytes";
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
 * Walks the list members of one tracestate header in place, empty ones left out. A key that occurs twice is allowed:
 * https://www.w3.org/TR/trace-context-2/#mutating-the-tracestate-field lets it pass. Allocates: nothing.
 */
@final
export class TracestateReader {
  private at: usize = 0;
  private end: usize = 0;
  /** Where the member at hand begins: key, `=` and value, without the white space around. */
  member: usize = 0;
  length: i32 = 0;
  /** Of these bytes, those of the key. */
  keyLength: i32 = 0;
  /** False once a member has been met that the grammar does not allow. */
  isValid: bool = true;

  /** Starts before the first member of `value`. */
  open(value: ByteView): void {
    this.at = value.ptr;
    this.end = value.ptr + <usize>value.length;
    this.isValid = true;
  }

  /** Moves to the next member; false when there is none, or the value is not valid. */
  next(): bool {
    while (this.isValid && this.at < this.end) {
      const memberEnd = findByte(COMMA, this.at, this.end);
      const start = skipOws(this.at, memberEnd);
      this.at = memberEnd + 1;
      // https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values: empty members are allowed.
      if (start < memberEnd) return this.take(start, trimOws(start, memberEnd));
    }
    return false;
  }

  /** Key, `=` and value must stand from `at` to `end`. */
  private take(at: usize, end: usize): bool {
    const equals = findByte(EQUALS, at, end);
    this.member = at;
    this.length = <i32>(end - at);
    this.keyLength = <i32>(equals - at);
    this.isValid = equals < end && isTracestateKey(at, equals) && isTracestateValue(equals + 1, end);
    return this.isValid;
  }
}

/** Whether the bytes from `at` to `end` are a key, https://www.w3.org/TR/trace-context-2/#key. Allocates: nothing. */
export function isTracestateKey(at: usize, end: usize): bool {
  if (at == end || end - at > MAX_KEY_BYTES || !isLowerAlphanumeric(load<u8>(at))) return false;
  for (at++; at < end; at++) {
    if (!isKeyByte(load<u8>(at))) return false;
  }
  return true;
}

/**
 * Whether the bytes from `at` to `end` are a value, https://www.w3.org/TR/trace-context-2/#value: printable, no `,` and no
 * `=`, and no space at the end. Allocates: nothing.
 */
export function isTracestateValue(at: usize, end: usize): bool {
  if (at == end || end - at > MAX_VALUE_BYTES) return false;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte < 0x20 || byte > 0x7e || byte == EQUALS || byte == COMMA) return false;
  }
  return load<u8>(end - 1) != 0x20;
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
