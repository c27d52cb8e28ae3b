import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { retryAfter } from "../../../../plugins/ratelimit/answer/retry-after";

const RUNS = 20_000;

/** The mean of many, which are each within `least` and `most`. */
function meanOf(seconds: u32, percent: u32, least: u32, most: u32): f64 {
  const random = new Xoshiro256();
  random.seedPoor(seconds, percent, 3, 4);
  let sum: f64 = 0;
  for (let i = 0; i < RUNS; i++) {
    const value = retryAfter(seconds, percent, random.next());
    if (value < least || value > most) return NaN;
    sum += value;
  }
  return sum / RUNS;
}

describe("Retry-After", () => {
  it("is the wait itself without jitter", () => {
    expect(retryAfter(1, 0, u64.MAX_VALUE)).toBe(1);
    expect(retryAfter(15_552_000, 0, u64.MAX_VALUE)).toBe(15_552_000);
  });

  it("is never earlier, and at most the jitter later", () => {
    expect(meanOf(100, 10, 100, 110)).toBeCloseTo(105, 1);
    expect(meanOf(86_400, 100, 86_400, 172_800) / 86_400).toBeCloseTo(1.5, 1);
    expect(retryAfter(15_552_000, 100, u64.MAX_VALUE)).toBeLessThanOrEqual(31_104_000);
  });

  it("adds whole seconds to a share of the clients where it is less than one", () => {
    expect(meanOf(1, 10, 1, 2)).toBeCloseTo(1.05, 1);
    expect(meanOf(2, 50, 2, 3)).toBeCloseTo(2.5, 1);
  });
});
