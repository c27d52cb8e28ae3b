/**
 * SipHash-1-3 of the `length` bytes at `ptr`, under the 128-bit key `key0`, `key1`: a hash whose collisions cannot be
 * sought without the key, for tables that are indexed by what clients send.
 * Time grows with `length`: bound it before. Allocates: nothing.
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), with 1 compression and 3 final rounds.
 */
export function sipHash13(ptr: usize, length: i32, key0: u64, key1: u64): u64 {
  let v0: u64 = key0 ^ 0x736f6d6570736575;
  let v1: u64 = key1 ^ 0x646f72616e646f6d;
  let v2: u64 = key0 ^ 0x6c7967656e657261;
  let v3: u64 = key1 ^ 0x7465646279746573;
  // One round for each whole word, one for the rest with the length, three more that mix in nothing.
  const words = length >> 3;
  for (let i = 0; i < words + 4; i++) {
    const word: u64 = i < words ? load<u64>(ptr + <usize>(i << 3)) : i == words ? lastWord(ptr, length) : 0;
    v3 ^= word;
    v0 += v1;
    v2 += v3;
    v1 = rotl(v1, 13) ^ v0;
    v3 = rotl(v3, 16) ^ v2;
    v0 = rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotl(v1, 17) ^ v2;
    v3 = rotl(v3, 21) ^ v0;
    v2 = rotl(v2, 32);
    v0 ^= word;
    if (i == words) v2 ^= 0xff;
  }
  return v0 ^ v1 ^ v2 ^ v3;
}

/** The bytes after the last whole word, with the length modulo 256 on top. */
// @ts-ignore: decorator
@inline
function lastWord(ptr: usize, length: i32): u64 {
  let word = (<u64>length) << 56;
  const rest = ptr + <usize>(length & ~7);
  for (let i = 0; i < (length & 7); i++) word |= (<u64>load<u8>(rest + <usize>i)) << ((<u64>i) << 3);
  return word;
}
