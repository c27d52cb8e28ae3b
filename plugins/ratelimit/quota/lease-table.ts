import { owesNothing } from "../../../assembly/core/gcra";

// What one worker knows of the keys of one rule, in fixed memory. It is a cache of the shared pages, with one exception:
// requests that were lent to this worker are here alone, as is the guard over them (see buckets.ts).
//
//   slot   | tag:u64 | guard:u64 | view:u64 | held:u16 | lease:u16 | stamp:u32 |          tag 0: no key
//   tag    = fingerprint (56 bits) | denied (1) | keyless (1) | account (4)
//   guard  TAT of what this worker admitted since it held anything; 0: none
//   view   TAT of the shared state when it was last seen; 0: never
//   held   requests that were lent and not spent yet, lease: size of the last loan, stamp: when, in units of 2^28 ticks
//
// A key is in one of two buckets of 8 slots, named by the halves of its fingerprint, or nowhere. A slot that holds
// something, or whose guard still owes, is never given to another key; a key without a slot is served from the shared
// page alone, request by request.

// @ts-ignore: decorator
@inline
const SLOT_BYTES: usize = 32;
// @ts-ignore: decorator
@inline
const BUCKET_SLOTS: i32 = 8;
// @ts-ignore: decorator
@inline
const BUCKET_KEYS: i32 = 5;
// @ts-ignore: decorator
@inline
const BUCKET_BYTES: usize = <usize>BUCKET_SLOTS * SLOT_BYTES;
// @ts-ignore: decorator
@inline
const STAMP_SHIFT: u64 = 28;
/** A second and a little, in units of 2^28 ticks. */
// @ts-ignore: decorator
@inline
const IDLE: u32 = 1000;

// @ts-ignore: decorator
@inline
const FLAGS: u64 = 0xff;
// @ts-ignore: decorator
@inline
const DENIED: u64 = 0x20;
/** The flag of keys that are in the page of accounts without key. */
// @ts-ignore: decorator
@inline
export const KEYLESS: u64 = 0x10;
// @ts-ignore: decorator
@inline
const ACCOUNT: u64 = 0x0f;

/** The slots, each named by its address, which stays valid as long as the table. */
@final
export class LeaseTable {
  /** Number of slots, 32 bytes each. */
  readonly capacity: i32;
  /** Slots that hold something. */
  holders: i32 = 0;
  private readonly slots: StaticArray<u64>;
  private readonly buckets: u64;

  /** @param keys of which four fifths find room at once even if they hold something; at least 1. Allocates. */
  constructor(keys: i32) {
    const buckets = (keys + BUCKET_KEYS - 1) / BUCKET_KEYS;
    this.buckets = buckets;
    this.capacity = buckets * BUCKET_SLOTS;
    this.slots = new StaticArray<u64>(buckets * BUCKET_SLOTS * 4);
  }

  /** The slot that holds `fingerprint`, else one that it may take, else 0. Allocates: nothing. */
  locate(fingerprint: u64, now: u64): usize {
    const first = this.bucket(<u32>fingerprint);
    const second = this.bucket(<u32>(fingerprint >> 32));
    let free: usize = 0;
    let rank = 0;
    for (let i = 0; i < 2 * BUCKET_SLOTS; i++) {
      const slot = (i < BUCKET_SLOTS ? first : second - BUCKET_BYTES) + <usize>i * SLOT_BYTES;
      if (holds(slot, fingerprint)) return slot;
      const worth = rankOf(slot, now);
      if (worth <= rank) continue;
      free = slot;
      rank = worth;
    }
    return free;
  }

  /** Notes what `slot` holds. */
  // @ts-ignore: decorator
  @inline
  hold(slot: usize, count: i64): void {
    this.holders += i32(count != 0) - i32(heldIn(slot) != 0);
    store<u16>(slot, <u16>count, 24);
  }

  /** The address of slot `index`. */
  // @ts-ignore: decorator
  @inline
  at(index: i32): usize {
    return changetype<usize>(this.slots) + <usize>index * SLOT_BYTES;
  }

  // @ts-ignore: decorator
  @inline
  private bucket(hash: u32): usize {
    return changetype<usize>(this.slots) + <usize>((<u64>hash * this.buckets) >> 32) * BUCKET_BYTES;
  }
}

/** How willingly a slot is given to another key: 0 not at all, 3 when it is empty. */
function rankOf(slot: usize, now: u64): i32 {
  const tag = load<u64>(slot);
  if (tag == 0) return 3;
  const guard = guardOf(slot);
  if (heldIn(slot) > 0 || (guard != 0 && !owesNothing(guard, now))) return 0;
  return (tag & DENIED) == 0 ? 2 : 1;
}

/** Whether `slot` holds the key already. */
// @ts-ignore: decorator
@inline
export function holds(slot: usize, fingerprint: u64): bool {
  return (load<u64>(slot) ^ fingerprint) <= FLAGS;
}

/** Makes `slot` the key's, if it is not yet. @param flags KEYLESS, and the number of the account. */
// @ts-ignore: decorator
@inline
export function claim(slot: usize, fingerprint: u64, flags: u64): void {
  if (holds(slot, fingerprint)) return;
  memory.fill(slot, 0, SLOT_BYTES);
  store<u64>(slot, fingerprint | flags);
}

/** 0: the slot is empty. */
// @ts-ignore: decorator
@inline
export function keyIn(slot: usize): u64 {
  return load<u64>(slot) & ~FLAGS;
}

/** The flags that `claim` was given. */
// @ts-ignore: decorator
@inline
export function flagsIn(slot: usize): u64 {
  return load<u64>(slot) & (KEYLESS | ACCOUNT);
}

/** The number of an account in the flags of a key. */
// @ts-ignore: decorator
@inline
export function accountOf(flags: u64): i32 {
  return <i32>(flags & ACCOUNT);
}

/** Whether the shared state that was last seen had not enough for a request. */
// @ts-ignore: decorator
@inline
export function isDenied(slot: usize): bool {
  return (load<u64>(slot) & DENIED) != 0;
}

// @ts-ignore: decorator
@inline
export function guardOf(slot: usize): u64 {
  return load<u64>(slot, 8);
}

// @ts-ignore: decorator
@inline
export function setGuard(slot: usize, tat: u64): void {
  store<u64>(slot, tat, 8);
}

// @ts-ignore: decorator
@inline
export function viewOf(slot: usize): u64 {
  return load<u64>(slot, 16);
}

/** Notes the shared state, and whether it had enough. */
// @ts-ignore: decorator
@inline
export function setView(slot: usize, tat: u64, denied: bool): void {
  store<u64>(slot, (load<u64>(slot) & ~DENIED) | (denied ? DENIED : 0));
  store<u64>(slot, tat, 16);
}

// @ts-ignore: decorator
@inline
export function heldIn(slot: usize): i64 {
  return <i64>load<u16>(slot, 24);
}

// @ts-ignore: decorator
@inline
export function leaseIn(slot: usize): i32 {
  return <i32>load<u16>(slot, 26);
}

/** Notes the size of a loan that is used now. */
// @ts-ignore: decorator
@inline
export function setLease(slot: usize, size: i32, now: u64): void {
  store<u16>(slot, <u16>size, 26);
  store<u32>(slot, <u32>(now >> STAMP_SHIFT), 28);
}

/** Notes that something of a loan is used now. */
// @ts-ignore: decorator
@inline
export function setUsed(slot: usize, now: u64): void {
  store<u32>(slot, <u32>(now >> STAMP_SHIFT), 28);
}

/** Whether nothing of a loan was used for a second, or there was none: what is left of it was more than need be. */
// @ts-ignore: decorator
@inline
export function isIdle(slot: usize, now: u64): bool {
  return <u32>(now >> STAMP_SHIFT) - load<u32>(slot, 28) >= IDLE;
}
