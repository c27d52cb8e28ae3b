import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { isClearlyMore } from "../../../../assembly/plugin/rollout/excess";

describe("isClearlyMore", () => {
  it("is so for what fails nearly always where nearly nothing failed before", () => {
    expect(isClearlyMore(48, 50, 1, 50, 0.05)).toBe(true);
    expect(isClearlyMore(50, 50, 0, 1000, 0.05)).toBe(true);
  });

  it("is so for 15 % after 5 %, once there are some hundred requests, and not before", () => {
    expect(isClearlyMore(8, 50, 50, 1000, 0.05)).toBe(false);
    expect(isClearlyMore(45, 300, 50, 1000, 0.05)).toBe(false);
    expect(isClearlyMore(90, 600, 50, 1000, 0.05)).toBe(true);
  });

  it("is not for less than the margin, however sure it is", () => {
    expect(isClearlyMore(59_000, 1_000_000, 10_000, 1_000_000, 0.05)).toBe(false);
    expect(isClearlyMore(61_000, 1_000_000, 10_000, 1_000_000, 0.05)).toBe(true);
    expect(isClearlyMore(1_000_000, 1_000_000, 0, 1_000_000, 1)).toBe(false);
  });

  it("is not for a few of few, nor for less", () => {
    expect(isClearlyMore(3, 50, 0, 1000, 0.05)).toBe(false);
    expect(isClearlyMore(5, 50, 0, 1000, 0.05)).toBe(false);
    expect(isClearlyMore(0, 1000, 900, 1000, 0.05)).toBe(false);
    expect(isClearlyMore(900, 1000, 900, 1000, 0.001)).toBe(false);
  });

  it("knows little by a baseline of few requests, and nothing by one of none", () => {
    expect(isClearlyMore(1000, 1000, 0, 0, 0.05)).toBe(false);
    expect(isClearlyMore(1000, 1000, 0, 4, 0.05)).toBe(false);
    expect(isClearlyMore(1000, 1000, 0, 10, 0.05)).toBe(true);
    expect(isClearlyMore(300, 1000, 0, 10, 0.05)).toBe(false);
    expect(isClearlyMore(0, 0, 0, 1000, 0.05)).toBe(false);
  });

  it("is not so by chance in a look at every one of 1 to 1000 requests, of 3,000 proxies whose requests fail alike", () => {
    const random = new Xoshiro256();
    const seeds = new StaticArray<u64>(4).fill(20261122);
    random.seed(changetype<usize>(seeds));
    const shares: f64[] = [0.001, 0.01, 0.05, 0.3, 0.5, 0.9, 0.99];
    let wrong = 0;
    for (let proxy = 0; proxy < 3_000; proxy++) {
      const threshold = <u64>(shares[proxy % shares.length] * 4294967296.0);
      const before = 50 + (proxy % 950);
      let countBefore = 0;
      for (let i = 0; i < before; i++) countBefore += i32(random.next() >> 32 < threshold);
      let count = 0;
      let isWrong = false;
      for (let i = 1; i <= 1000; i++) {
        count += i32(random.next() >> 32 < threshold);
        if (i >= 50 && isClearlyMore(count, i, countBefore, before, 0.05)) isWrong = true;
      }
      wrong += i32(isWrong);
    }
    expect(wrong).toBe(0);
  });
});
