import { IdRanges, MAX_RANGES } from "../../../assembly/core/id-ranges";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

describe("IdRanges", () => {
  it("agrees with one flag for each number, whatever is added", () => {
    const random = new Xoshiro256();
    random.seedPoor(5, 0, 0, 0);
    for (let round = 0; round < 300; round++) {
      const ranges = new IdRanges();
      const flags = new StaticArray<bool>(202);
      for (let i = 0; i < 25; i++) {
        const low = <i32>(random.next() % 200);
        const high = min<i32>(199, low + <i32>(random.next() % (1 + (random.next() % 20))));
        expect<bool>(ranges.add(low, high)).toBe(true);
        for (let number = low; number <= high; number++) flags[number] = true;
      }
      let apart = 0;
      for (let number = 0; number < 201; number++) {
        if (ranges.has(number) != flags[number]) throw new Error(`round ${round}, number ${number}`);
        if (flags[number] && !flags[number + 1]) apart++;
      }
      expect<i32>(ranges.count).toBe(apart);
    }
  });

  it("joins those that touch, at both ends and many at once", () => {
    const ranges = new IdRanges();
    ranges.add(10, 19);
    ranges.add(30, 39);
    ranges.add(50, 59);
    ranges.add(20, 20);
    expect<i32>(ranges.count).toBe(3);
    ranges.add(29, 29);
    ranges.add(0, 9);
    expect<i32>(ranges.count).toBe(3);
    expect<bool>(ranges.has(28)).toBe(false);
    ranges.add(5, 58);
    expect<i32>(ranges.count).toBe(1);
    expect<bool>(ranges.has(0) && ranges.has(28) && ranges.has(59)).toBe(true);
    expect<bool>(ranges.has(60)).toBe(false);
  });

  it("reaches to the ends of what fits", () => {
    const ranges = new IdRanges();
    ranges.add(0, 0);
    ranges.add(<u64>i64.MAX_VALUE, <u64>i64.MAX_VALUE);
    expect<bool>(ranges.has(0) && ranges.has(<u64>i64.MAX_VALUE)).toBe(true);
    expect<bool>(ranges.has(1) || ranges.has(u64.MAX_VALUE)).toBe(false);
  });

  it("takes no more than the limit, but joins still", () => {
    const ranges = new IdRanges();
    for (let i = MAX_RANGES; i > 0; i--) expect<bool>(ranges.add(10 * i, 10 * i + 1)).toBe(true); // the slowest order
    expect<bool>(ranges.add(5, 5)).toBe(false);
    expect<bool>(ranges.has(5)).toBe(false);
    expect<bool>(ranges.add(12, 12)).toBe(true);
    expect<i32>(ranges.count).toBe(MAX_RANGES);
    expect<bool>(ranges.add(5, 40)).toBe(true);
    expect<bool>(ranges.has(5)).toBe(true);
  });
});
