import { Quota } from "../../../../assembly/core/gcra";
import { EXEMPT, NOT_OVERRIDDEN, Overrides } from "../../../../plugins/ratelimit/quota/overrides";
import { Terms } from "../../../../plugins/ratelimit/quota/terms";

function terms(burst: i64): Terms {
  return new Terms(new Quota(1, 1, burst), 1);
}

describe("Overrides", () => {
  it("find nothing when there are none", () => {
    const overrides = new Overrides(0);
    expect(overrides.find(1)).toBe(NOT_OVERRIDDEN);
    expect(overrides.find(u64.MAX_VALUE)).toBe(NOT_OVERRIDDEN);
  });

  it("find each of as many as there may be, also keys that want the same place", () => {
    const overrides = new Overrides(1024);
    for (let i = 1; i <= 1024; i++)
      overrides.add(((<u64>(i % 3)) << 32) | ((<u64>i) << 8), i % 5 == 0 ? null : terms(i));
    for (let i = 1; i <= 1024; i++) {
      const found = overrides.find(((<u64>(i % 3)) << 32) | ((<u64>i) << 8));
      if (i % 5 == 0) expect(found).toBe(EXEMPT);
      else expect(overrides.terms[found].quota.burst).toBe(i);
    }
    expect(overrides.find(((<u64>1) << 32) | 0xffff_0000)).toBe(NOT_OVERRIDDEN);
  });

  it("keep the first of two for the same key", () => {
    const overrides = new Overrides(2);
    overrides.add(1 << 20, terms(3));
    overrides.add(1 << 20, null);
    expect(overrides.terms[overrides.find(1 << 20)].quota.burst).toBe(3);
  });
});

describe("Terms", () => {
  it("let a worker hold half of what the lease promises, or nothing", () => {
    expect(new Terms(new Quota(1000, 1, 100), 1).mostHeld).toBe(0);
    expect(new Terms(new Quota(1000, 1, 100), 2).mostHeld).toBe(0);
    expect(new Terms(new Quota(1000, 1, 100), 3).mostHeld).toBe(1);
    expect(new Terms(new Quota(1000, 1, 100), 4).mostHeld).toBe(1);
    expect(new Terms(new Quota(1000, 1, 100), 16).mostHeld).toBe(7);
    expect(new Terms(new Quota(1000, 1, 100), 16).most).toBe(8);
    expect(new Terms(new Quota(1000, 1, 100), 1_000_000).mostHeld).toBe(2047);
  });

  it("hold a denied key back for half a second at most, and never for more than half a burst", () => {
    expect(new Terms(new Quota(1000, 1, 100), 16).worth).toBe(8);
    expect(new Terms(new Quota(1000, 1, 1000), 64).worth).toBe(8);
    expect(new Terms(new Quota(10, 1, 100), 16).worth).toBe(5);
    expect(new Terms(new Quota(1, 1, 100), 16).worth).toBe(1);
    expect(new Terms(new Quota(1000, 1, 4), 16).worth).toBe(2);
    expect(new Terms(new Quota(1000, 1, 100), 1).worth).toBe(1);
  });
});
