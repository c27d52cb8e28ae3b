/** What stands for no digit. */
// @ts-ignore: decorator
@inline
const NO_DIGIT: u32 = 64;

/** The value of a digit of either alphabet of RFC 4648, NO_DIGIT for other bytes. */
function digitOf(byte: u32): u32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x61 + 26;
  if (byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte == 0x2b || byte == 0x2d) return 62;
  return byte == 0x2f || byte == 0x5f ? 63 : NO_DIGIT;
}

/** Bytes that `length` digits decode to at most. */
// @ts-ignore: decorator
@inline
export function base64Bytes(length: i32): i32 {
  return (length >> 2) * 3 + 2;
}

/**
 * Decodes base64 (RFC 4648 sections 4 and 5), with or without padding at the end, to `to`, which must have room for
 * `base64Bytes(length)`. Bits that are left over are dropped.
 * @returns the number of bytes, -1 when it is no base64. Allocates: nothing.
 */
export function decodeBase64(from: usize, length: i32, to: usize): i32 {
  let end = length;
  while (end > 0 && length - end < 2 && load<u8>(from + <usize>end - 1) == 0x3d /* = */) end--;
  if ((end & 3) == 1 || (end < length && (length & 3) != 0)) return -1;
  let bits: u32 = 0;
  let count = 0;
  let written = 0;
  for (let i = 0; i < end; i++) {
    const digit = digitOf(<u32>load<u8>(from + <usize>i));
    if (digit == NO_DIGIT) return -1;
    bits = (bits << 6) | digit;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    store<u8>(to + <usize>written, <u8>(bits >> count));
    written++;
  }
  return written;
}
