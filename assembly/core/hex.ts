// Hexadecimal as trace headers write it: two lower-case digits a byte, most significant first; some are read in either case.

/** Whether `byte` is one of 0-9 and a-f. */
// @ts-ignore: decorator
@inline
export function isLowerHexDigit(byte: u8): bool {
  return <u32>(byte - 0x30) < 10 || <u32>(byte - 0x61) < 6;
}

/** Whether `count` lower-case digits stand at `at`. Allocates: nothing. */
export function isLowerHex(at: usize, count: i32): bool {
  for (let end = at + <usize>count; at < end; at++) {
    if (!isLowerHexDigit(load<u8>(at))) return false;
  }
  return true;
}

/** Whether `count` lower-case digits stand at `at`, not all of them 0: what every id must be. Allocates: nothing. */
export function isNonZeroLowerHex(at: usize, count: i32): bool {
  let bits: u8 = 0;
  for (let end = at + <usize>count; at < end; at++) {
    const byte = load<u8>(at);
    if (!isLowerHexDigit(byte)) return false;
    bits |= byte ^ 0x30;
  }
  return bits != 0;
}

/** Whether `byte` is a digit in either case. */
// @ts-ignore: decorator
@inline
export function isHexDigit(byte: u8): bool {
  return <u32>(byte - 0x30) < 10 || <u32>((byte | 0x20) - 0x61) < 6;
}

/** Whether `count` digits stand at `at`, in either case. Allocates: nothing. */
export function isHex(at: usize, count: i32): bool {
  for (let end = at + <usize>count; at < end; at++) {
    if (!isHexDigit(load<u8>(at))) return false;
  }
  return true;
}

/** The value of `digits` (at most 16) digits at `at`, which must be some, in either case. Allocates: nothing. */
export function readHex(at: usize, digits: i32): u64 {
  let value: u64 = 0;
  for (let end = at + <usize>digits; at < end; at++) {
    const byte = load<u8>(at);
    // Letters have bit 6, and 1 to 6 below it.
    value = (value << 4) | (<u64>(byte & 15) + (byte & 0x40 ? 9 : 0));
  }
  return value;
}

/** Writes the last `digits` (at most 16) hexadecimal digits of `value` at `to`. Allocates: nothing. */
export function writeLowerHex(value: u64, digits: i32, to: usize): void {
  for (let i = digits - 1; i >= 0; i--, value >>= 4) {
    const nibble = <u8>(value & 15);
    store<u8>(to + <usize>i, nibble + (nibble < 10 ? 0x30 : 0x57));
  }
}
