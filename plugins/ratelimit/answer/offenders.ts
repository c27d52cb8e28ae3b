// === Who is turned away most, in memory that does not grow with how many there are ===
//
// Space-Saving with 64 counters: a key that has none takes over the least one, count included, so no count is too low,
// and none too high by more than what its counter held at the takeover. Of n rejections a key that had more than n / 64
// has a counter. Source: Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements" (2005).

import { FixedText } from "./fixed-text";

/** Counters. */
// @ts-ignore: decorator
@inline
export const OFFENDERS: i32 = 64;

/** No counter. */
// @ts-ignore: decorator
@inline
export const NOBODY: i32 = -1;

/** Room for what a key is called. */
// @ts-ignore: decorator
@inline
export const NAME_BYTES: i32 = 128;

/** Counts rejections by rule and key. Allocates nothing after construction. */
@final
export class Offenders {
  /** Since the last `clear`. */
  total: u64 = 0;
  private used: i32 = 0;
  private last: i32 = 0;
  private readonly keys: StaticArray<u64> = new StaticArray<u64>(OFFENDERS);
  private readonly rules: StaticArray<i32> = new StaticArray<i32>(OFFENDERS);
  private readonly counts: StaticArray<u64> = new StaticArray<u64>(OFFENDERS);
  /** What of the count may be others'. */
  private readonly errors: StaticArray<u64> = new StaticArray<u64>(OFFENDERS);
  private readonly names: FixedText[] = [];

  constructor() {
    for (let i = 0; i < OFFENDERS; i++) this.names.push(new FixedText(NAME_BYTES));
  }

  /** Counts a rejection. @returns the counter that is this key's from now on and wants its name; NOBODY: it has one. */
  note(rule: i32, key: u64): i32 {
    this.total++;
    const last = this.last;
    if (last < this.used && this.isOf(last, rule, key)) {
      this.increase(last);
      return NOBODY;
    }
    let least = 0;
    for (let i = 0; i < this.used; i++) {
      if (this.isOf(i, rule, key)) {
        this.last = i;
        this.increase(i);
        return NOBODY;
      }
      if (unchecked(this.counts[i]) < unchecked(this.counts[least])) least = i;
    }
    const isFree = this.used < OFFENDERS;
    const slot = isFree ? this.used++ : least;
    this.takeOver(slot, rule, key, isFree ? 0 : unchecked(this.counts[slot]));
    return slot;
  }

  /** Where the name of a counter's key is kept. */
  name(slot: i32): FixedText {
    return unchecked(this.names[slot]);
  }

  ruleOf(slot: i32): i32 {
    return unchecked(this.rules[slot]);
  }

  /** Rejections of the key at most, */
  most(slot: i32): u64 {
    return unchecked(this.counts[slot]);
  }

  /** and at least. */
  least(slot: i32): u64 {
    return unchecked(this.counts[slot]) - unchecked(this.errors[slot]);
  }

  /** The counter with the most after `previous` in the order of counts, NOBODY after the last. @param previous or NOBODY. */
  next(previous: i32): i32 {
    let best = NOBODY;
    for (let i = 0; i < this.used; i++) {
      if (previous != NOBODY && !this.isBefore(previous, i)) continue;
      if (best == NOBODY || this.isBefore(i, best)) best = i;
    }
    return best;
  }

  /** Forgets everything. */
  clear(): void {
    this.total = 0;
    this.used = 0;
  }

  private isBefore(a: i32, b: i32): bool {
    const one = unchecked(this.counts[a]);
    const other = unchecked(this.counts[b]);
    return one != other ? one > other : a < b;
  }

  // @ts-ignore: decorator
  @inline
  private isOf(slot: i32, rule: i32, key: u64): bool {
    return unchecked(this.keys[slot]) == key && unchecked(this.rules[slot]) == rule;
  }

  // @ts-ignore: decorator
  @inline
  private increase(slot: i32): void {
    unchecked((this.counts[slot] = unchecked(this.counts[slot]) + 1));
  }

  private takeOver(slot: i32, rule: i32, key: u64, inherited: u64): void {
    unchecked((this.keys[slot] = key));
    unchecked((this.rules[slot] = rule));
    unchecked((this.errors[slot] = inherited));
    unchecked((this.counts[slot] = inherited + 1));
    this.last = slot;
  }
}
