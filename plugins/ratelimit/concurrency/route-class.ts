import { ByteView } from "../../../assembly/core/bytes";

/** Segments and bytes of a path that tell its class; what comes after tells nothing. */
// @ts-ignore: decorator
@inline
const MAX_SEGMENTS: i32 = 8;
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 256;
/** Hexadecimal digits and dashes from which on a segment with a digit in it is an id, and bytes of any kind. */
// @ts-ignore: decorator
@inline
const HEX_ID_BYTES: i32 = 8;
// @ts-ignore: decorator
@inline
const LONG_ID_BYTES: i32 = 20;
/** What stands for a segment that is an id. */
// @ts-ignore: decorator
@inline
const ID: u64 = 0x9e3779b97f4a7c15;
// @ts-ignore: decorator
@inline
const PRIME: u64 = 0x100000001b3;

/**
 * The class of requests whose latencies are compared: a hash of method and path without query, in which every segment
 * that looks like an id (digits; 8 or more hexadecimal digits and dashes, such as a UUID; 20 or more bytes; the last two
 * with a digit among them) stands for all ids. Never 0. Not keyed: clients may choose classes that meet, and have their
 * latencies compared with each other's. Allocates: nothing.
 */
export function latencyClass(path: ByteView, method: ByteView | null): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  if (method != null) for (let i = 0; i < min(method.length, 16); i++) hash = (hash ^ method.at(i)) * PRIME;
  const end = path.ptr + <usize>min(path.length, MAX_BYTES);
  let at = path.ptr;
  for (let segments = 0; at < end && segments < MAX_SEGMENTS; segments++) {
    let digits = 0;
    let others = 0;
    let segment: u64 = 0;
    const start = at;
    for (; at < end; at++) {
      const byte = load<u8>(at);
      if (byte == 0x2f /* / */ || byte == 0x3f /* ? */ || byte == 0x23 /* # */) break;
      segment = (segment ^ byte) * PRIME;
      if (<u32>byte - 0x30 < 10) digits++;
      else if (((<u32>byte) | 0x20) - 0x61 >= 6 && byte != 0x2d /* - */) others++;
    }
    hash = mixed(hash ^ (isId(<i32>(at - start), digits, others) ? ID : segment));
    if (at < end && load<u8>(at) != 0x2f) break;
    at++;
  }
  return mixed(hash) | 1;
}

/** @param others bytes that are neither hexadecimal digits nor dashes. */
// @ts-ignore: decorator
@inline
function isId(length: i32, digits: i32, others: i32): bool {
  if (digits == 0) return false;
  if (digits == length || length >= LONG_ID_BYTES) return true;
  return others == 0 && length >= HEX_ID_BYTES;
}

// @ts-ignore: decorator
@inline
function mixed(hash: u64): u64 {
  hash = (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9;
  return hash ^ (hash >> 32);
}
