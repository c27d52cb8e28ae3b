// Which bytes stand where in baggage, a bit each: those below 64, then those from 64 to 127; no others are allowed.

// @ts-ignore: decorator
@inline
const TOKEN_LOW: u64 = 0x03ff_6cfa_0000_0000;
// @ts-ignore: decorator
@inline
const TOKEN_HIGH: u64 = 0x57ff_ffff_c7ff_fffe;
// @ts-ignore: decorator
@inline
const OCTET_LOW: u64 = 0xf7ff_effa_0000_0000;
// @ts-ignore: decorator
@inline
const OCTET_HIGH: u64 = 0x7fff_ffff_efff_ffff;

/** Whether `byte` may stand in a key: `tchar` of https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
// @ts-ignore: decorator
@inline
export function isTokenByte(byte: u8): bool {
  return byte < 128 && (((byte < 64 ? TOKEN_LOW : TOKEN_HIGH) >> ((<u64>byte) & 63)) & 1) != 0;
}

/** Whether `byte` may stand in a value: `baggage-octet` of https://www.w3.org/TR/baggage/#definition */
// @ts-ignore: decorator
@inline
export function isBaggageOctet(byte: u8): bool {
  return byte < 128 && (((byte < 64 ? OCTET_LOW : OCTET_HIGH) >> ((<u64>byte) & 63)) & 1) != 0;
}

/** Whether the bytes from `at` to `end` are a key. Allocates: nothing. */
export function isToken(at: usize, end: usize): bool {
  if (at >= end) return false;
  for (; at < end; at++) if (!isTokenByte(load<u8>(at))) return false;
  return true;
}

/** Whether the bytes from `at` to `end` are a value, which may be empty. Allocates: nothing. */
export function isBaggageValue(at: usize, end: usize): bool {
  for (; at < end; at++) if (!isBaggageOctet(load<u8>(at))) return false;
  return true;
}

/** The byte as a small letter, if it is a letter of ASCII. */
// @ts-ignore: decorator
@inline
export function lowerByte(byte: u8): u8 {
  return <u32>byte - 0x41 < 26 ? byte | 0x20 : byte;
}
