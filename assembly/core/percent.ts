/**
 * Sticky shares of keys: each key has a fixed place among 10,000, and a share of p % takes the places below p * 100.
 * So a key keeps its answer as long as salt and share stay, on every worker, proxy and version; raising the share only
 * adds keys; another salt deals the places anew.
 */
import { ByteView, Utf8 } from "./bytes";
import { sipHash13 } from "./siphash";
import { Xoshiro256 } from "./xoshiro256";

/** 100 %, in hundredths of a percent: the unit of shares. */
// @ts-ignore: decorator
@inline
export const ALL: i32 = 10000;

/** Bytes of a key that count, besides its length: bounds the time that a client's long value costs. */
// @ts-ignore: decorator
@inline
export const MAX_KEY_BYTES: i32 = 1024;

/** Whether chance picks one of a share of all, in hundredths of a percent; draws only if it may be either. Allocates: nothing. */
export function drawn(chance: Xoshiro256, share: i32): bool {
  return share >= ALL || <i32>((chance.next() >> 32) % <u64>ALL) < share;
}

/** The place of a request without a key: in no share but the whole. */
// @ts-ignore: decorator
@inline
export const NO_PLACE: i32 = -1;

/** The places of keys under one salt. */
@final
export class Places {
  private readonly key0: u64;
  private readonly key1: u64;

  /** Allocates. */
  constructor(salt: string) {
    const bytes = new Utf8(salt);
    this.key0 = sipHash13(bytes.ptr, bytes.length, 0, 0);
    this.key1 = sipHash13(bytes.ptr, bytes.length, 0, 1);
  }

  /** The key's place, 0 to 9999. Allocates: nothing. */
  place(ptr: usize, length: i32): i32 {
    const hash = sipHash13(ptr, min(length, MAX_KEY_BYTES), this.key0, this.key1 ^ (<u64>length));
    return <i32>(hash % ALL);
  }

  /** The place of a value, NO_PLACE without one, which an empty one is too. Allocates: nothing. */
  placeOf(value: ByteView | null): i32 {
    return value == null || value.length == 0 ? NO_PLACE : this.place(value.ptr, value.length);
  }
}
