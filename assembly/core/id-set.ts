/**
 * A set of ids (user ids from an allow list) in 8 bytes a slot, for one lookup per request.
 *
 *   word   1 | number      the decimal number that the id is: up to 18 digits, no leading zero; exact
 *          0 | hash:63     any other id: its keyed hash; two ids in 10^18 share one
 *          0               a free slot
 *
 * Open addressing with linear probing, at most half full. The ids themselves are not kept. A lookup takes the time of one
 * hash and of a few slots that the keyed hash chose, whatever part of an id is like one in the set.
 */
import { sipHash13 } from "./siphash";

/** The longest id, in bytes: a longer one is not in the set, and is not hashed. */
// @ts-ignore: decorator
@inline
export const MAX_ID_BYTES: i32 = 256;

// @ts-ignore: decorator
@inline
const NUMBER: u64 = 1 << 63;


@final
export class IdSet {
  private slots: StaticArray<u64>;
  private mask: u32;
  /** Different ids in the set. */
  size: i32 = 0;

  /** @param capacity how many ids will be added at most. @param key0 @param key1 of the hash. Allocates. */
  constructor(
    capacity: i32,
    private readonly key0: u64,
    private readonly key1: u64,
  ) {
    let slots = 8;
    while (slots < 2 * capacity) slots <<= 1;
    this.slots = new StaticArray<u64>(slots);
    this.mask = slots - 1;
  }

  /** Adds the id in `length` bytes at `ptr`; false when it is empty, too long, or one more than the capacity. */
  add(ptr: usize, length: i32): bool {
    if (length == 0 || length > MAX_ID_BYTES) return false;
    const word = this.wordOf(ptr, length);
    const slot = this.slotOf(word);
    if (unchecked(this.slots[slot]) == word) return true;
    if (2 * this.size >= this.slots.length) return false;
    unchecked((this.slots[slot] = word));
    this.size++;
    return true;
  }

  /** Whether the id is in the set. Allocates: nothing. */
  has(ptr: usize, length: i32): bool {
    if (length == 0 || length > MAX_ID_BYTES) return false;
    const word = this.wordOf(ptr, length);
    return unchecked(this.slots[this.slotOf(word)]) == word;
  }

  private wordOf(ptr: usize, length: i32): u64 {
    const number = numberOf(ptr, length);
    if (number >= 0) return NUMBER | number;
    return max<u64>(1, sipHash13(ptr, length, this.key0, this.key1) & ~NUMBER);
  }

  /** The slot that holds the word, or the free one where it would go. */
  private slotOf(word: u64): u32 {
    let slot = <u32>(scatter(word ^ this.key0) & (<u64>this.mask));
    let found = unchecked(this.slots[slot]);
    while (found != word && found != 0) {
      slot = (slot + 1) & this.mask;
      found = unchecked(this.slots[slot]);
    }
    return slot;
  }
}

/** The number that the bytes are in its only decimal form, or -1. */
function numberOf(ptr: usize, length: i32): i64 {
  if (length > 18) return -1;
  if (load<u8>(ptr) == 0x30) return length == 1 ? 0 : -1;
  let number: i64 = 0;
  for (let i = 0; i < length; i++) {
    const digit = <u32>load<u8>(ptr + i) - 0x30;
    if (digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Spreads neighbouring numbers over the slots. Source: the finaliser of MurmurHash3 (Appleby), a bijection. */
function scatter(word: u64): u64 {
  word = (word ^ (word >> 33)) * 0xff51afd7ed558ccd;
  word = (word ^ (word >> 33)) * 0xc4ceb9fe1a85ec53;
  return word ^ (word >> 33);
}
