import { owesNothing } from "./gcra";

// GCRA states of many keys in fixed memory, for keys that clients choose.
//
//   slot    | fingerprint:u64 | TAT:u64 |          fingerprint 0: no key
//   bucket  | slot | slot | ... 8 slots |          128 bytes
//
// A key's keyed hash is its fingerprint; its low and its high half each name a bucket, and the key is in one of these
// 16 slots or nowhere. A slot is given to another key only when its TAT owes nothing: forgetting it then loses nothing.
// Two-choice hashing (Azar, Broder, Karlin, Upfal, "Balanced allocations", 1999) into buckets of 8 finds room for every
// key up to about 7/10 of all slots; there are 8 slots for each 5 keys, so that as many keys as asked for can owe at once.

// @ts-ignore: decorator
@inline
const SLOT_BYTES: usize = 16;
// @ts-ignore: decorator
@inline
const BUCKET_SLOTS: i32 = 8;
// @ts-ignore: decorator
@inline
const BUCKET_KEYS: i32 = 5;
// @ts-ignore: decorator
@inline
const BUCKET_BYTES: usize = <usize>BUCKET_SLOTS * SLOT_BYTES;

/** A table of slots; a slot is named by its address, which stays valid as long as the table. */
@final
export class KeyTable {
  /** Number of slots, 16 bytes each. */
  readonly capacity: i32;
  /** Slots that were taken from a key which owed nothing. */
  evictions: u64 = 0;
  private readonly slots: StaticArray<u64>;
  private readonly buckets: u64;
  private swept: i32 = 0;

  /** @param keys how many may owe at once, at least 1. Allocates. */
  constructor(keys: i32) {
    const buckets = (keys + BUCKET_KEYS - 1) / BUCKET_KEYS;
    const capacity = buckets * BUCKET_SLOTS;
    this.buckets = buckets;
    this.capacity = capacity;
    this.slots = new StaticArray<u64>(capacity * 2);
  }

  /**
   * The slot that holds `fingerprint`, else one that `put` may give to it, else 0: all that it might have still owe.
   * Of the two buckets the one with more free slots gives. Allocates: nothing.
   * @param fingerprint not 0.
   */
  locate(fingerprint: u64, now: u64): usize {
    const first = this.bucket(<u32>fingerprint);
    const second = this.bucket(<u32>(fingerprint >> 32));
    let free: usize = 0;
    let freeInFirst = 0;
    for (let slot = first; slot < first + BUCKET_BYTES; slot += SLOT_BYTES) {
      if (load<u64>(slot) == fingerprint) return slot;
      if (!isFree(slot, now)) continue;
      free = slot;
      freeInFirst++;
    }
    let freeInSecond = 0;
    for (let slot = second; slot < second + BUCKET_BYTES; slot += SLOT_BYTES) {
      if (load<u64>(slot) == fingerprint) return slot;
      if (isFree(slot, now) && ++freeInSecond > freeInFirst) free = slot;
    }
    return free;
  }

  /** Whether `slot`, which `locate` gave, holds `fingerprint` already. */
  // @ts-ignore: decorator
  @inline
  holds(slot: usize, fingerprint: u64): bool {
    return load<u64>(slot) == fingerprint;
  }

  /** The state in a slot that holds its key. */
  // @ts-ignore: decorator
  @inline
  tat(slot: usize): u64 {
    return load<u64>(slot, 8);
  }

  /** Writes the state of `fingerprint` into `slot`, which `locate` gave at the same instant. */
  put(slot: usize, fingerprint: u64, tat: u64): void {
    const before = load<u64>(slot);
    if (before != fingerprint && before != 0) this.evictions++;
    store<u64>(slot, fingerprint);
    store<u64>(slot, tat, 8);
  }

  /** Empties those of the next `count` slots that owe nothing, round and round: states must not grow too old. */
  sweep(count: i32, now: u64): void {
    const slots = changetype<usize>(this.slots);
    for (let i = min(count, this.capacity); i > 0; i--) {
      const slot = slots + <usize>this.swept * SLOT_BYTES;
      if (isFree(slot, now)) store<u64>(slot, 0);
      if (++this.swept == this.capacity) this.swept = 0;
    }
  }

  // @ts-ignore: decorator
  @inline
  private bucket(hash: u32): usize {
    return changetype<usize>(this.slots) + <usize>((<u64>hash * this.buckets) >> 32) * BUCKET_BYTES;
  }
}

// @ts-ignore: decorator
@inline
function isFree(slot: usize, now: u64): bool {
  return load<u64>(slot) == 0 || owesNothing(load<u64>(slot, 8), now);
}
