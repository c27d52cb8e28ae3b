/** Digits of the largest u64. */
// @ts-ignore: decorator
@inline
export const MAX_DECIMAL_DIGITS: i32 = 20;

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
