import { WordSet } from "../../../assembly/core/word-set";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

/** A full set of `size` words. */
function filled(size: i32, seed: u64): WordSet {
  const words = new WordSet(size);
  const random = new Xoshiro256();
  random.seedPoor(seed, 0, 0, 0);
  while (words.size < size) {
    const word = random.next() | 1;
    if (!words.has(word)) words.add(word);
  }
  return words;
}

/** Slots that 100,000 lookups look at in the mean, in hundredths: of words in the set, or of others. */
function probes(words: WordSet, seed: u64, present: bool): i64 {
  const random = new Xoshiro256();
  random.seedPoor(seed, 0, 0, 0);
  let slots: i64 = 0;
  for (let i = 0; i < 100_000; i++) {
    if (present && i % words.size == 0) random.seedPoor(seed, 0, 0, 0);
    const word = present ? random.next() | 1 : (random.next() & ~1) | 2;
    if (words.has(word) != present) return -1;
    slots += words.placeOf(word) - words.homeOf(word) + 1;
  }
  return slots / 1000;
}

describe("WordSet", () => {
  it("agrees with a set from the standard library, whatever the words", () => {
    const random = new Xoshiro256();
    random.seedPoor(1, 0, 0, 0);
    for (let round = 0; round < 200; round++) {
      const capacity = <i32>(random.next() % 40);
      const shift = random.next() % 64; // crowds the words at one end when it is large
      const model = new Set<u64>();
      const words = new WordSet(capacity);
      for (let i = 0; i < 60; i++) {
        const word = (random.next() >> shift) | 1;
        if (words.has(word) != model.has(word)) throw new Error(`has ${word}`);
        if (!words.has(word) && words.add(word)) model.add(word);
      }
      expect<i32>(words.size).toBe(model.size);
      const all = model.values();
      for (let i = 0; i < all.length; i++) expect<bool>(words.has(all[i])).toBe(true);
    }
  });

  it("takes all it has room for, and no more", () => {
    const words = filled(1000, 7);
    expect<bool>(words.add(2)).toBe(false);
    expect<bool>(words.has(2)).toBe(false);
    expect<i32>(words.size).toBe(1000);
    expect<bool>(new WordSet(0).add(1)).toBe(false);
    expect<bool>(new WordSet(0).has(u64.MAX_VALUE)).toBe(false);
  });

  it("refuses words that all ask for the last slot once the slots behind are used up, and still answers", () => {
    const words = new WordSet(10_000);
    let added = 0;
    for (let i: u64 = 0; i < 1000; i++) added += i32(words.add(u64.MAX_VALUE - i));
    expect<i32>(added).toBe(256);
    expect<bool>(words.has(u64.MAX_VALUE)).toBe(true);
    expect<bool>(words.has(u64.MAX_VALUE - 999)).toBe(false);
  });

  it("looks at few slots, among a hundred words as among a million", () => {
    const few = filled(100, 3);
    const many = filled(1_000_000, 4);
    for (let present = 0; present < 2; present++) {
      const ofFew = probes(few, 3, present == 1);
      const ofMany = probes(many, 4, present == 1);
      expect<bool>(ofFew > 100 && ofFew < 600).toBe(true, `${ofFew} hundredths`);
      expect<bool>(ofMany > 100 && ofMany < 600).toBe(true, `${ofMany} hundredths`);
    }
  });
});
