/** Digits of the largest u64. */
// @ts-ignore: decorator
@inline
export const MAX_DECIMAL_DIGITS: i32 = 20;
/** The largest u64 without its last digit. */
// @ts-ignore: decorator
@inline
const MAX_TENTH: u64 = u64.MAX_VALUE / 10;
// @ts-ignore: decorator
@inline
const MAX_LAST_DIGIT: u64 = u64.MAX_VALUE % 10;

/**
 * Writes `value` in decimal ASCII at `to`, which must have room for MAX_DECIMAL_DIGITS bytes.
 * @returns number of bytes written. Allocates: nothing.
 */
export function writeDecimal(value: u64, to: usize): i32 {
  let digits = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) digits++;
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(to + <usize>i, <u8>(48 + (value % 10)));
    value /= 10;
  }
  return digits;
}

/** Whether the bytes from `from` to `end` are decimal digits, at least one, of a number that a u64 holds. Allocates: nothing. */
export function isDecimal(from: usize, end: usize): bool {
  if (from >= end) return false;
  let value: u64 = 0;
  for (; from < end; from++) {
    const digit = <u64>(load<u8>(from) - 0x30);
    if (digit > 9 || value > MAX_TENTH || (value == MAX_TENTH && digit > MAX_LAST_DIGIT)) return false;
    value = value * 10 + digit;
  }
  return true;
}

/** The number that the bytes from `from` to `end` are, which must satisfy `isDecimal`. Allocates: nothing. */
export function readDecimal(from: usize, end: usize): u64 {
  let value: u64 = 0;
  for (; from < end; from++) value = value * 10 + <u64>(load<u8>(from) - 0x30);
  return value;
}
