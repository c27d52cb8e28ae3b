import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

function seeded(s0: u64, s1: u64, s2: u64, s3: u64): Xoshiro256 {
  const words: StaticArray<u64> = [s0, s1, s2, s3];
  const random = new Xoshiro256();
  random.seed(changetype<usize>(words));
  return random;
}

describe("Xoshiro256.next", () => {
  it("gives the reference implementation's numbers (state 1, 2, 3, 4)", () => {
    const expected: u64[] = [
      11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625,
      8476171486693032832, 10595114339597558777, 2904607092377533576,
    ];
    const random = seeded(1, 2, 3, 4);
    for (let i = 0; i < expected.length; i++) expect<u64>(random.next()).toBe(expected[i]);
  });

  it("sets every bit about half of the time", () => {
    const random = seeded(0x9e3779b97f4a7c15, 1, 0, 77);
    const ones = new StaticArray<i32>(64);
    for (let i = 0; i < 4096; i++) {
      const bits = random.next();
      for (let bit = 0; bit < 64; bit++) ones[bit] += <i32>((bits >> bit) & 1);
    }
    // 2048 expected, standard deviation 32: five of them.
    for (let bit = 0; bit < 64; bit++) expect<bool>(abs(ones[bit] - 2048) < 160).toBe(true, `bit ${bit}`);
  });
});

describe("Xoshiro256 seeds", () => {
  it("refuses the state that only ever gives zero, and keeps the one it had", () => {
    const random = seeded(1, 2, 3, 4);
    const zeros = new StaticArray<u64>(4);
    expect<bool>(random.seed(changetype<usize>(zeros))).toBe(false);
    expect<u64>(random.next()).toBe(11520);
  });

  it("give different numbers when one word of a poor seed differs", () => {
    const first = new Xoshiro256();
    const second = new Xoshiro256();
    first.seedPoor(1700000000000000000, 123456789, 1, 0);
    second.seedPoor(1700000000000000000, 123456789, 2, 0);
    let same = 0;
    for (let i = 0; i < 1000; i++) if (first.next() == second.next()) same++;
    expect<i32>(same).toBe(0);
  });

  it("work when every poor word is 0", () => {
    const random = new Xoshiro256();
    random.seedPoor(0, 0, 0, 0);
    expect<bool>((random.next() | random.next()) != 0).toBe(true);
  });
});
