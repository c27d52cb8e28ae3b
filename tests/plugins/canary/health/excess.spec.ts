import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { exceeds } from "../../../../plugins/canary/health/excess";

const random = new Xoshiro256();
const seeds = new StaticArray<u64>(4).fill(7);
random.seed(changetype<usize>(seeds));

/** How many of `requests` fail by chance. */
function failed(requests: i32, share: f64): f64 {
  let count: f64 = 0;
  for (let i = 0; i < requests; i++) if (<f64>(random.next() >> 11) / 9007199254740992.0 < share) count++;
  return count;
}

describe("exceeds", () => {
  it("is so for what cannot be chance", () => {
    expect(exceeds(50, 50, 0.05, 1000)).toBe(true);
    expect(exceeds(12, 50, 0.05, 1000)).toBe(true);
    expect(exceeds(8, 50, 0.05, 1000)).toBe(false);
    expect(exceeds(800, 10_000, 0.05, 100_000)).toBe(true);
    expect(exceeds(520, 10_000, 0.05, 100_000)).toBe(false);
    expect(exceeds(1, 50, 0.001, Infinity)).toBe(false);
    expect(exceeds(3, 50, 0.001, Infinity)).toBe(true);
  });

  it("needs more where less is known of the baseline", () => {
    expect(exceeds(10, 50, 0.05, Infinity)).toBe(true);
    expect(exceeds(10, 50, 0.05, 50)).toBe(false);
  });

  it("never is when anything is allowed, nothing came or nothing is known", () => {
    expect(exceeds(100, 100, 1, 100)).toBe(false);
    expect(exceeds(100, 100, 1.05, 100)).toBe(false);
    expect(exceeds(0, 0, 0.05, 100)).toBe(false);
    expect(exceeds(100, 100, NaN, 100)).toBe(false);
    expect(exceeds(100, 100, 0.05, 0)).toBe(false);
  });

  it("is so by chance hardly once in a thousand looks, even where all that is allowed fails", () => {
    const shares: f64[] = [0.001, 0.01, 0.05, 0.3, 0.9];
    const sizes: i32[] = [50, 200, 1000];
    for (let s = 0; s < shares.length; s++) {
      for (let n = 0; n < sizes.length; n++) {
        let wrong = 0;
        for (let i = 0; i < 2000; i++) {
          if (exceeds(failed(sizes[n], shares[s]), sizes[n], shares[s], Infinity)) wrong++;
        }
        expect(wrong).toBeLessThan(10, `${shares[s]} of ${sizes[n]}`);
      }
    }
  });

  it("misses hardly any where three times as much fails, of 1000 requests", () => {
    const shares: f64[] = [0.01, 0.05, 0.2];
    for (let s = 0; s < shares.length; s++) {
      let found = 0;
      for (let i = 0; i < 500; i++) if (exceeds(failed(1000, 3 * shares[s]), 1000, shares[s], 10_000)) found++;
      expect(found).toBeGreaterThan(450);
    }
  });
});
