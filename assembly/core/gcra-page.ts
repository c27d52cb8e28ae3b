import { credited, owesNothing, Quota } from "./gcra";

// GCRA states of many keys in pages of fixed size: what workers share, one page at a time by compare-and-set.
//
//   page  | spare | slot 1 | slot 2 | ... |        spare: the bucket of all keys that find no slot in this page
//   slot  | tag:u64 | TAT:u64 |                    tag = fingerprint (56 bits) | era (8 bits); fingerprint 0: no key;
//                                                  TAT 0: owes nothing, whatever the time
//
// A key's fingerprint names its page, and in it the key has any slot or none. A slot is given to another key only when
// it owes nothing: forgetting it then loses nothing. A key without a slot owes what the spare bucket owes, so that it
// never has more than its quota, whichever way it came to have none: not while it waits for a slot, and not when it
// gets one after it spent from the spare bucket. Both are in one page, hence one compare-and-set.
//
// The era is the number, modulo 256, of the configuration under which a state was written. Under a newer one a state
// further ahead than a full burst is cut to it, once: who was owed a day by the old quota does not wait for it under a
// new one that earns a burst in a second. States of newer configurations are taken as they are, so that workers on both
// sides of a change cannot cut in turns.

// @ts-ignore: decorator
@inline
export const SLOT_BYTES: usize = 16;
// @ts-ignore: decorator
@inline
export const PAGE_SLOTS: i32 = 64;
// @ts-ignore: decorator
@inline
export const PAGE_BYTES: i32 = 1024;
/** Keys that may owe at once, for each page: that 40 keys fall on one of 63 slots too few happens 3 times in 10,000. */
// @ts-ignore: decorator
@inline
const PAGE_KEYS: i32 = 40;

// @ts-ignore: decorator
@inline
const ERA_MASK: u64 = 0xff;

/** Pages for so many keys. */
export function pagesFor(keys: i32): i32 {
  return (keys + PAGE_KEYS - 1) / PAGE_KEYS;
}

/** The page of a fingerprint among `pages`, from 0. */
// @ts-ignore: decorator
@inline
export function pageOf(fingerprint: u64, pages: i32): i32 {
  return <i32>(((fingerprint >> 32) * <u64>pages) >> 32);
}

/** A 64-bit hash as a fingerprint: never 0, and with no bits where the era is. */
// @ts-ignore: decorator
@inline
export function fingerprintOf(hash: u64): u64 {
  return max<u64>(hash & ~ERA_MASK, ERA_MASK + 1);
}

/** Looks up and changes slots of a page in memory. Allocates nothing after construction. */
@final
export class GcraPage {
  /** The bucket found: its address and its state. */
  slot: usize = 0;
  tat: u64 = 0;
  /** Whether the key has no slot and can get none: the bucket is the spare one. */
  isSpare: bool = false;
  /** Whether the slot is another key's, which owes nothing. */
  evicts: bool = false;
  /** Whether the key has a slot already. */
  isFound: bool = false;
  /** Whether the state was cut: it is to be written although nothing is debited, or it would be cut for ever. */
  isCut: bool = false;

  /** @param era of the configuration in force, 0 to 255. */
  constructor(private readonly era: u64) {}

  /**
   * Finds the bucket of `fingerprint` in the page of `length` bytes at `ptr`.
   * @param quota by which the state is cut if an older configuration wrote it.
   */
  find(ptr: usize, length: i32, fingerprint: u64, quota: Quota, now: u64): void {
    const end = ptr + <usize>length;
    let free: usize = 0;
    let empty: usize = 0;
    this.evicts = false;
    this.isSpare = false;
    this.isFound = false;
    for (let slot = ptr + SLOT_BYTES; slot < end; slot += SLOT_BYTES) {
      const tag = load<u64>(slot);
      if ((tag ^ fingerprint) <= ERA_MASK) return this.found(slot, quota, now);
      if (tag <= ERA_MASK) empty = slot;
      else if (free == 0 && owesNothing(load<u64>(slot, 8), now)) free = slot;
    }
    this.take(ptr, empty, free);
    this.tat = this.cut(ptr, quota, now);
  }

  /** Writes the state of the bucket that `find` found last. */
  put(fingerprint: u64, tat: u64): void {
    store<u64>(this.slot, (this.isSpare ? 0 : fingerprint) | this.era);
    store<u64>(this.slot, tat, 8);
  }

  private found(slot: usize, quota: Quota, now: u64): void {
    this.isFound = true;
    this.slot = slot;
    this.tat = this.cut(slot, quota, now);
  }

  private take(ptr: usize, empty: usize, free: usize): void {
    this.evicts = empty == 0 && free != 0;
    this.isSpare = empty == 0 && free == 0;
    this.slot = empty != 0 ? empty : free != 0 ? free : ptr;
  }

  /** The state in `slot` under the configuration in force. */
  private cut(slot: usize, quota: Quota, now: u64): u64 {
    const tat = load<u64>(slot, 8);
    this.isCut = false;
    if (tat == 0) return now;
    const isOlder = <i8>(this.era - (load<u64>(slot) & ERA_MASK)) > 0;
    this.isCut = isOlder && <i64>(tat - now) > quota.tolerance;
    return this.isCut ? now + <u64>quota.tolerance : tat;
  }
}

/**
 * Gives `count` back to the bucket that `find` found last. @param wasSpare whether they were debited from the spare one.
 * @returns whether anything changed.
 */
export function creditBack(
  page: GcraPage,
  fingerprint: u64,
  now: u64,
  count: i64,
  interval: i64,
  wasSpare: bool = false,
): bool {
  // A key that has lost its slot owes nothing: there is nothing to give back to.
  if (!page.isFound && !(page.isSpare && wasSpare)) return false;
  if (owesNothing(page.tat, now)) return false;
  page.put(fingerprint, credited(page.tat, now, count, interval));
  return true;
}

/**
 * Keeps the states of the page of `length` bytes at `ptr` young, see gcra.ts: empties slots that have owed nothing for
 * longer than `age` ticks. @returns whether any was.
 */
export function sweepPage(ptr: usize, length: i32, now: u64, age: i64): bool {
  let swept = false;
  const end = ptr + <usize>length;
  for (let slot = ptr; slot < end; slot += SLOT_BYTES) {
    if (load<u64>(slot, 8) == 0 || <i64>(now - load<u64>(slot, 8)) <= age) continue;
    if (slot != ptr) store<u64>(slot, 0);
    store<u64>(slot, 0, 8);
    swept = true;
  }
  return swept;
}
