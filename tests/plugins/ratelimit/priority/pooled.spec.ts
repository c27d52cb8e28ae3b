import { PooledDemand } from "../../../../plugins/ratelimit/priority/pooled";

const FLOORS: StaticArray<f64> = [0.01, 0.01, 0.1];

/** Demand of three classes, of which `carried` requests a second are let in. */
function pooledOf(first: f64, second: f64, third: f64, carried: f64): PooledDemand {
  const pooled = new PooledDemand(FLOORS);
  pooled.classes[0] = first;
  pooled.classes[1] = second;
  pooled.classes[2] = third;
  pooled.update(carried);
  return pooled;
}

/** As a decimal of two places. */
function round(value: f64): f64 {
  return Math.round(value * 100) / 100;
}

describe("PooledDemand", () => {
  it("favours nobody before anything is known", () => {
    const pooled = new PooledDemand(FLOORS);
    for (let c = 0; c < 8; c++) {
      expect(pooled.part(c)).toBe(1);
      expect(pooled.spare(c)).toBe(0);
    }
  });

  it("gives a class that fits whole more than it asks for, and the next one the rest but for floors", () => {
    const pooled = pooledOf(500, 4500, 5000, 1000);
    expect(round(pooled.part(0))).toBe(1.25);
    // 1000 and a tenth more, less 500 of the first class and 100 that are the third one's floor.
    expect(round(pooled.part(1))).toBe(round(500 / 4500));
    expect(round(pooled.part(2))).toBe(0.02);
  });

  it("tells what is left beside a class that fits", () => {
    const pooled = pooledOf(500, 200, 5000, 1000);
    // 1000 less 500, and less floors of 10 and 100.
    expect(round(pooled.spare(0))).toBe(0.39);
    expect(round(pooled.spare(1))).toBe(0.2);
    expect(pooled.spare(2)).toBe(0);
  });

  it("gives each class its floor when a higher one alone is too much", () => {
    const pooled = pooledOf(5000, 5000, 5, 1000);
    expect(round(pooled.part(0))).toBe(round(1085 / 5000));
    expect(round(pooled.part(1))).toBe(round(10 / 5000));
    expect(pooled.part(2)).toBe(1.25, "a floor that is not asked for whole");
    expect(pooled.spare(0)).toBe(0);
  });

  it("stays in bounds when nothing is carried, or nothing asked for", () => {
    const none = pooledOf(500, 4500, 5000, 0);
    for (let c = 0; c < 3; c++) expect(none.part(c)).toBe(0);
    const idle = pooledOf(0, 0, 0, 0);
    for (let c = 0; c < 3; c++) {
      expect(idle.part(c)).toBe(1.25);
      expect(idle.spare(c)).toBe(0);
    }
  });
});
