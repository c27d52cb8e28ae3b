import { fingerprintOf } from "../../../assembly/core/gcra-page";
import { Terms } from "./terms";

/** Keys that are served on terms of their own: a table with open addressing, at most half full. */
@final
export class Overrides {
  private readonly keys: StaticArray<u64>;
  private readonly numbers: StaticArray<i32>;
  private readonly mask: i32;
  /** What the keys are served on. */
  readonly terms: Terms[] = [];

  /** @param count how many there may be. Allocates. */
  constructor(count: i32) {
    let capacity = 1;
    while (capacity < 2 * count) capacity <<= 1;
    this.keys = new StaticArray<u64>(capacity);
    this.numbers = new StaticArray<i32>(capacity);
    this.mask = capacity - 1;
  }

  /** Notes a key; of two notes on the same key the first counts. @param terms null: the key is exempt. Allocates. */
  add(hash: u64, terms: Terms | null): void {
    const key = fingerprintOf(hash);
    const place = this.place(key);
    if (unchecked(this.keys[place]) != 0) return;
    this.keys[place] = key;
    this.numbers[place] = terms == null ? EXEMPT : this.terms.push(terms) - 1;
  }

  /** The number of the key's terms, EXEMPT, or NOT_OVERRIDDEN. Allocates: nothing. */
  find(hash: u64): i32 {
    if (this.mask == 0) return NOT_OVERRIDDEN;
    const place = this.place(fingerprintOf(hash));
    return unchecked(this.keys[place]) != 0 ? unchecked(this.numbers[place]) : NOT_OVERRIDDEN;
  }

  private place(key: u64): i32 {
    let place = (<i32>(key >> 32)) & this.mask;
    while (unchecked(this.keys[place]) != 0 && unchecked(this.keys[place]) != key) place = (place + 1) & this.mask;
    return place;
  }
}

/** The key has no limit. */
// @ts-ignore: decorator
@inline
export const EXEMPT: i32 = -1;
/** The key is served on the terms of its rule. */
// @ts-ignore: decorator
@inline
export const NOT_OVERRIDDEN: i32 = -2;
