import { roughLog2 } from "../../../assembly/core/log2";

describe("roughLog2", () => {
  it("is exact for powers of two", () => {
    for (let i = 0; i < 64; i++) expect(roughLog2((<u64>1) << i)).toBe(<f64>i);
  });

  it("is within 0.009 of the logarithm", () => {
    let worst: f64 = 0;
    for (let x: u64 = 1; x < 1_000_000_000_000; x += 1 + x / 97) {
      worst = max(worst, Math.abs(roughLog2(x) - Math.log2(<f64>x)));
    }
    expect(worst).toBeLessThan(0.009);
  });

  it("never falls as its argument grows", () => {
    let previous: f64 = -1;
    for (let x: u64 = 1; x < 1_000_000; x++) {
      const log2 = roughLog2(x);
      if (log2 < previous) expect(log2).toBeGreaterThanOrEqual(previous);
      previous = log2;
    }
    expect(roughLog2(u64.MAX_VALUE)).toBeCloseTo(64);
  });
});
