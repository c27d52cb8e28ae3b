/**
 * A set of 64-bit words that are spread evenly, such as hashes, in 9 bytes a word.
 *
 * Open addressing in order: the words stand in rising order, each at the slot that its size asks for or a few after it. A
 * lookup passes the smaller words from there on, five in the mean when the set is full, and ends at the first that is not
 * smaller: the same for words in the set and others, for ten words and a million.
 * Source: Amble and Knuth, "Ordered hash tables" (1974), with a hash that keeps the order, so that nothing wraps around.
 */

/** Slots behind those that words ask for, into which the last are pushed: with words spread evenly 64 are hardly ever used. */
// @ts-ignore: decorator
@inline
const TAIL: i32 = 256;


@final
export class WordSet {
  /** 0: free. The last one always is, which ends each search. */
  private readonly slots: StaticArray<u64>;
  /** Slots that words ask for. */
  private readonly homes: u64;
  /** Different words in the set. */
  size: i32 = 0;

  /** @param capacity how many words will be added at most, up to 2^27. Allocates 9 bytes a word, and nothing later. */
  constructor(readonly capacity: i32) {
    const homes = capacity + (capacity >> 3) + 1;
    this.homes = homes;
    this.slots = new StaticArray<u64>(homes + TAIL);
  }

  /** Whether the word, which is not 0, is in the set. Allocates: nothing. */
  has(word: u64): bool {
    return unchecked(this.slots[this.placeOf(word)]) == word;
  }

  /** Adds a word that is not 0 and not in the set; false when there is no room. Allocates: nothing. */
  add(word: u64): bool {
    if (this.size >= this.capacity) return false;
    const place = this.placeOf(word);
    const last = this.slots.length - 1;
    let free = place;
    while (free < last && unchecked(this.slots[free]) != 0) free++;
    if (free == last) return false;
    const from = changetype<usize>(this.slots) + ((<usize>place) << 3);
    memory.copy(from + 8, from, (<usize>(free - place)) << 3);
    unchecked((this.slots[place] = word));
    this.size++;
    return true;
  }

  /** Takes all words out; the memory stays. Allocates: nothing. */
  clear(): void {
    memory.fill(changetype<usize>(this.slots), 0, (<usize>this.slots.length) << 3);
    this.size = 0;
  }

  /** Where the word is, or would go: the first slot that is free or holds no smaller one. */
  placeOf(word: u64): i32 {
    const slots = this.slots;
    let slot = this.homeOf(word);
    let found = unchecked(slots[slot]);
    while (found < word && found != 0) {
      slot++;
      found = unchecked(slots[slot]); // below the length, since the last slot is always free
    }
    return slot;
  }

  /** Where a search for the word begins; `placeOf` is never before it. */
  homeOf(word: u64): i32 {
    return <i32>(((word >> 32) * this.homes) >> 32);
  }
}
