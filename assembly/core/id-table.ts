import { MAX_ID_BYTES } from "./id-text";
import { sipHash13 } from "./siphash";

/** What `IdTable.get` answers for an id that is not there. */
// @ts-ignore: decorator
@inline
export const NO_ENTRY: i32 = -1;

/**
 * A number for each of some ids. Kept of an id is its keyed hash of 63 bits alone, so that two ids of a table of n share
 * an entry once in 10^19/n. Open addressing with linear probing, at most half full.
 */
@final
export class IdTable {
  private readonly hashes: StaticArray<u64>;
  private readonly values: StaticArray<i32>;
  private readonly mask: u32;
  private size: i32 = 0;

  /** @param capacity how many ids will be added at most. @param key0 @param key1 of the hash, secret. Allocates. */
  constructor(
    capacity: i32,
    private readonly key0: u64,
    private readonly key1: u64,
  ) {
    let slots = 8;
    while (slots < 2 * capacity) slots <<= 1;
    this.hashes = new StaticArray<u64>(slots);
    this.values = new StaticArray<i32>(slots);
    this.mask = slots - 1;
  }

  /** @param value not negative. @returns false when the id is empty, too long, there already, or one too many. */
  add(ptr: usize, length: i32, value: i32): bool {
    if (length == 0 || length > MAX_ID_BYTES || 2 * this.size >= this.hashes.length) return false;
    const hash = this.hashOf(ptr, length);
    const slot = this.slotOf(hash);
    if (unchecked(this.hashes[slot]) == hash) return false;
    unchecked((this.hashes[slot] = hash));
    unchecked((this.values[slot] = value));
    this.size++;
    return true;
  }

  /** The id's number, or NO_ENTRY. Allocates: nothing. */
  get(ptr: usize, length: i32): i32 {
    if (length == 0 || length > MAX_ID_BYTES) return NO_ENTRY;
    const hash = this.hashOf(ptr, length);
    const slot = this.slotOf(hash);
    return unchecked(this.hashes[slot]) == hash ? unchecked(this.values[slot]) : NO_ENTRY;
  }

  /** Never 0, which is a free slot. */
  private hashOf(ptr: usize, length: i32): u64 {
    return sipHash13(ptr, length, this.key0, this.key1) | 1;
  }

  /** The slot that holds the hash, or the free one where it would go; `mask` keeps it below the number of slots. */
  private slotOf(hash: u64): u32 {
    let slot = (<u32>(hash >> 32)) & this.mask;
    let found = unchecked(this.hashes[slot]);
    while (found != hash && found != 0) {
      slot = (slot + 1) & this.mask;
      found = unchecked(this.hashes[slot]);
    }
    return slot;
  }
}
