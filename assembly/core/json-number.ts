/** JSON numbers: their grammar, and their value as an exact scaled integer. */

/** What `decimalAt` answers for a value that is not whole at the asked scale, or beyond 2^53. */
export const NO_DECIMAL: i64 = i64.MIN_VALUE;

const MAX_EXACT: u64 = 1 << 53;
const MINUS: u8 = 0x2d;
const DOT: u8 = 0x2e;

// @ts-ignore: decorator
@inline
function isDigit(address: usize, end: usize): bool {
  return address < end && load<u8>(address) - 0x30 < 10;
}

// @ts-ignore: decorator
@inline
function byteAt(address: usize, end: usize): u8 {
  return address < end ? load<u8>(address) : 0;
}

function skipDigits(address: usize, end: usize): usize {
  while (isDigit(address, end)) address++;
  return address;
}

/** The address after the number that begins at `address`, or 0 when no number of RFC 8259 section 6 does. */
export function numberEnd(address: usize, end: usize): usize {
  if (byteAt(address, end) == MINUS) address++;
  if (!isDigit(address, end)) return 0;
  const leadingZero = load<u8>(address) == 0x30;
  address = leadingZero ? address + 1 : skipDigits(address, end);
  if (leadingZero && isDigit(address, end)) return 0;
  if (byteAt(address, end) == DOT) {
    if (!isDigit(address + 1, end)) return 0;
    address = skipDigits(address + 1, end);
  }
  if ((byteAt(address, end) | 0x20) == 0x65) {
    address++;
    const sign = byteAt(address, end);
    if (sign == 0x2b || sign == MINUS) address++;
    if (!isDigit(address, end)) return 0;
    address = skipDigits(address, end);
  }
  return address;
}

/** A valid number taken apart: value = digits * 10^exponent, with `digits` free of trailing zeros. */
@unmanaged
class Parts {
  digits: u64;
  exponent: i32;
  /** Power of ten of the leading digit: 2 for 123, -1 for 0.5. */
  magnitude: i32;
  negative: bool;
  /** More than 18 significant digits: `digits` holds the first 18. */
  long: bool;
}

const PARTS_BYTES = memory.data(24);

function takeApart(address: usize, end: usize): Parts {
  const parts = changetype<Parts>(PARTS_BYTES);
  parts.negative = load<u8>(address) == MINUS;
  if (parts.negative) address++;
  let digits: u64 = 0;
  let significant = 0;
  let zeros = 0; // zeros seen since the last other digit: they count only if another follows
  let point = 0; // digits after the point
  let pointed = false;
  parts.long = false;
  for (; address < end; address++) {
    const byte = load<u8>(address);
    if (byte == DOT) {
      pointed = true;
      continue;
    }
    if (byte - 0x30 >= 10) break;
    if (pointed) point++;
    if (byte == 0x30) {
      if (significant) zeros++;
      continue;
    }
    while (zeros && significant < 18) {
      digits *= 10;
      significant++;
      zeros--;
    }
    if (significant >= 18) {
      parts.long = true;
      zeros++; // stands for a digit that is left out
    } else {
      digits = digits * 10 + (byte - 0x30);
      significant++;
    }
  }
  const written = address < end ? exponentAt(address + 1, end) : 0;
  parts.digits = digits;
  parts.exponent = written - point + zeros;
  parts.magnitude = parts.exponent + significant - 1;
  return parts;
}

/** The exponent after the `e`, cut to +-16,777,216 so that sums with it cannot overflow. */
function exponentAt(address: usize, end: usize): i32 {
  const sign = load<u8>(address);
  if (sign == 0x2b || sign == MINUS) address++;
  let exponent = 0;
  for (; address < end; address++) exponent = min(exponent * 10 + (load<u8>(address) - 0x30), 1 << 24);
  return sign == MINUS ? -exponent : exponent;
}

/** True when the valid number at `address` is smaller than 1e308 in size, and so a finite f64. */
export function isFiniteNumber(address: usize, end: usize): bool {
  const parts = takeApart(address, end);
  return parts.digits == 0 || parts.magnitude < 308;
}

/**
 * The valid number in the bytes times 10^scale, when that is a whole number within +-2^53; else `NO_DECIMAL`.
 * Exact: 12.34 at scale 2 is 1234, 1e2 and 100.0 at scale 0 are 100, -0 is 0, and 0.1 at scale 0 is no decimal.
 */
export function decimalAt(address: usize, byteLength: i32, scale: i32): i64 {
  const parts = takeApart(address, address + byteLength);
  if (parts.digits == 0) return 0;
  let power = parts.exponent + scale;
  if (parts.long || power < 0 || power > 16) return NO_DECIMAL;
  let value = parts.digits;
  while (power-- > 0) {
    if (value > MAX_EXACT / 10) return NO_DECIMAL;
    value *= 10;
  }
  if (value > MAX_EXACT) return NO_DECIMAL;
  return parts.negative ? -(<i64>value) : <i64>value;
}
