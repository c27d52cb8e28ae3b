import { writeLowerHex } from "../../../assembly/core/hex";

// What stands in OpenTelemetry's entry: https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#value

/** Of 56 bits. */
// @ts-ignore: decorator
@inline
export const OT_DIGITS: i32 = 14;
/** Between sub-keys. */
// @ts-ignore: decorator
@inline
export const OT_SEMICOLON: u8 = 0x3b;

// @ts-ignore: decorator
@inline
const COLON: u8 = 0x3a;
// @ts-ignore: decorator
@inline
const T: u8 = 0x74;
// @ts-ignore: decorator
@inline
const H: u8 = 0x68;
// @ts-ignore: decorator
@inline
const R: u8 = 0x72;
// @ts-ignore: decorator
@inline
const V: u8 = 0x76;

/** Bytes of `th:` and the digits. */
export function thresholdLength(threshold: u64): i32 {
  return 3 + digitsOf(threshold);
}

/** Writes `th:` and the digits at `to`. @returns the address behind them. */
export function writeThreshold(threshold: u64, to: usize): usize {
  const digits = digitsOf(threshold);
  store<u8>(to, T);
  store<u8>(to, H, 1);
  store<u8>(to, COLON, 2);
  writeLowerHex(threshold >> (<u64>((OT_DIGITS - digits) << 2)), digits, to + 3);
  return to + 3 + <usize>digits;
}

/** Digits without the zeros at the end, but at least one. */
function digitsOf(threshold: u64): i32 {
  return threshold == 0 ? 1 : OT_DIGITS - <i32>(ctz(threshold) >> 2);
}

/** Whether the member from `at` to `end` is `th:`... */
// @ts-ignore: decorator
@inline
export function isThreshold(at: usize, end: usize): bool {
  return end - at >= 3 && load<u8>(at) == T && load<u8>(at, 1) == H && load<u8>(at, 2) == COLON;
}

/** Whether the member from `at` to `end` is `rv:`... */
// @ts-ignore: decorator
@inline
export function isRandomness(at: usize, end: usize): bool {
  return end - at >= 3 && load<u8>(at) == R && load<u8>(at, 1) == V && load<u8>(at, 2) == COLON;
}

/** https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#key: a-z, then a-z and 0-9, then `:` and a value. */
export function isMember(at: usize, end: usize): bool {
  if (at == end || !isLetter(load<u8>(at))) return false;
  for (at++; at < end && load<u8>(at) != COLON; at++) {
    if (!isLetter(load<u8>(at)) && !isDigit(load<u8>(at))) return false;
  }
  if (at == end) return false;
  for (at++; at < end; at++) if (!isValueByte(load<u8>(at))) return false;
  return true;
}

/** https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#value: letters, digits, `.`, `_` and `-`. */
// @ts-ignore: decorator
@inline
function isValueByte(byte: u8): bool {
  return isLetter(byte | 0x20) || isDigit(byte) || byte == 0x2e || byte == 0x5f || byte == 0x2d;
}

// @ts-ignore: decorator
@inline
function isLetter(byte: u8): bool {
  return <u32>byte - 0x61 < 26;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 < 10;
}
