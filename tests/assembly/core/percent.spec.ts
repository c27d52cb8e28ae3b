import { Utf8 } from "../../../assembly/core/bytes";
import { ALL, MAX_KEY_BYTES, StickyShare } from "../../../assembly/core/percent";

function holds(share: StickyShare, key: string): bool {
  const bytes = new Utf8(key);
  return share.holds(bytes.ptr, bytes.length);
}

function place(share: StickyShare, key: string): i32 {
  const bytes = new Utf8(key);
  return share.place(bytes.ptr, bytes.length);
}

/** How many of `user0` to `user19999` are in the share. */
function members(salt: string, share: i32): i32 {
  const sticky = new StickyShare(salt, share);
  let count = 0;
  for (let i = 0; i < 20000; i++) count += i32(holds(sticky, `user${i}`));
  return count;
}

describe("StickyShare", () => {
  it("is nobody at 0 and everybody at 100 percent", () => {
    expect<i32>(members("s", 0)).toBe(0);
    expect<i32>(members("s", ALL)).toBe(20000);
  });

  // Four standard deviations of a binomial distribution: 4 * sqrt(20000 p (1 - p)).
  it("takes the share that it is asked for", () => {
    expect<bool>(abs(members("s", 3333) - 6666) < 267).toBe(true);
    expect<bool>(abs(members("s", 1250) - 2500) < 188).toBe(true);
    expect<bool>(abs(members("s", 1) - 2) < 7).toBe(true);
    expect<bool>(abs(members("another", 5000) - 10000) < 283).toBe(true);
  });

  it("only adds keys when it grows", () => {
    const shares: StickyShare[] = [];
    for (let share = 0; share <= ALL; share += 500) shares.push(new StickyShare("ramp", share));
    let lost = 0;
    for (let i = 0; i < 2000; i++) {
      const key = `user${i}`;
      let before: bool = false;
      for (let j = 0; j < shares.length; j++) {
        const now = holds(shares[j], key);
        lost += i32(before && !now);
        before = now;
      }
    }
    expect<i32>(lost).toBe(0);
  });

  // Pinned: another answer after an upgrade would move users from one version to the other.
  it("gives the places that it always gave", () => {
    const share = new StickyShare("2026-11-checkout", 1250);
    expect<i32>(place(share, "1001")).toBe(9480);
    expect<i32>(place(share, "1002")).toBe(5409);
    expect<i32>(place(share, "caf\u00e9")).toBe(96);
  });

  it("deals anew under another salt", () => {
    const one = new StickyShare("one", 5000);
    const two = new StickyShare("two", 5000);
    let both = 0;
    for (let i = 0; i < 20000; i++) both += i32(holds(one, `user${i}`) && holds(two, `user${i}`));
    expect<bool>(abs(both - 5000) < 245).toBe(true); // independent: a quarter
  });

  it("bounds what a long key costs, and still counts its length", () => {
    const share = new StickyShare("s", 5000);
    const long = "k".repeat(60000);
    expect<i32>(place(share, long + "a")).toBe(place(share, long + "b"));
    expect<bool>(place(share, long) == place(share, long + "a")).toBe(false);
    expect<bool>(place(share, "k".repeat(MAX_KEY_BYTES)) == place(share, long)).toBe(false);
  });
});
