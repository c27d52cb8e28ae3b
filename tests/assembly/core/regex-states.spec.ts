import { Utf8 } from "../../../assembly/core/bytes";
import { Regex } from "../../../assembly/core/regex";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

function seeded(seed: u64): Xoshiro256 {
  const random = new Xoshiro256();
  random.seedPoor(seed, 0, 0, 0);
  return random;
}

/** Fills the bytes with a and b at random. */
function fill(value: Utf8, random: Xoshiro256): void {
  for (let i = 0; i < value.length; i++) store<u8>(value.ptr + <usize>i, 0x61 + <u8>(random.next() & 1));
}

describe("The states of a regular expression", () => {
  it("may be forgotten any number of times in a value", () => {
    // A deterministic automaton of it has 2^21 states.
    const regex = Regex.parse(".*a.{20}");
    const random = seeded(1);
    const value = new Utf8("-".repeat(4000));
    let matched = 0;
    for (let round = 0; round < 60; round++) {
      fill(value, random);
      const expected = value.at(value.length - 21) == 0x61;
      expect(regex.matches(value)).toBe(expected);
      if (expected) matched++;
    }
    expect(matched).toBeGreaterThan(15);
    expect(matched).toBeLessThan(45);
  });

  it("may be as large as rows are", () => {
    const regex = Regex.parse(".*a[ab]{400}|b*a[ab]{60}");
    const random = seeded(2);
    const value = new Utf8("-".repeat(600));
    for (let round = 0; round < 100; round++) {
      fill(value, random);
      expect(regex.matches(value)).toBe(value.at(value.length - 401) == 0x61);
    }
  });

  it("stay right when few fit", () => {
    // 250 characters that differ, and rows of five words, leave room for fewer states.
    let characters = "";
    for (let i = 0; i < 250; i++) characters += String.fromCharCode(0x4e00 + i);
    const regex = Regex.parse(`.*a.{10}|${characters}`);
    const random = seeded(3);
    const value = new Utf8("-".repeat(2000));
    for (let round = 0; round < 20; round++) {
      fill(value, random);
      expect(regex.matches(value)).toBe(value.at(value.length - 11) == 0x61);
      expect(regex.matches(new Utf8(characters))).toBe(true);
    }
  });
});
