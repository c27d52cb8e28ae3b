import { Utf8 } from "../../../assembly/core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../../../assembly/core/decimal";
import { ALL, MAX_KEY_BYTES, NO_PLACE, Places, StickyShare } from "../../../assembly/core/percent";

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

const IDS: i32 = 1_000_000;

/** The places under `salt` of the ids 1 to 1,000,000 after `prefix`. */
function placesOf(salt: string, prefix: string): StaticArray<u16> {
  const places = new Places(salt);
  const result = new StaticArray<u16>(IDS);
  const start = new Utf8(prefix);
  const key = memory.data(64);
  memory.copy(key, start.ptr, start.length);
  assert(start.length + MAX_DECIMAL_DIGITS <= 64);
  for (let i = 0; i < IDS; i++) {
    const length = start.length + writeDecimal(i + 1, key + <usize>start.length);
    result[i] = <u16>places.place(key, length);
  }
  return result;
}

/** Sum of (seen - expected)^2 / expected over cells of equal chance. */
function chiSquare(cells: StaticArray<i32>, total: i32): f64 {
  const expected = <f64>total / <f64>cells.length;
  let sum: f64 = 0;
  for (let i = 0; i < cells.length; i++) {
    const distance = <f64>cells[i] - expected;
    sum += (distance * distance) / expected;
  }
  return sum;
}

/** Of ids in and out of a share. */
function chiSquareOfShare(inside: i32, share: i32): f64 {
  const expected = (<f64>IDS * share) / ALL;
  const distance = <f64>inside - expected;
  return (distance * distance) / expected + (distance * distance) / (IDS - expected);
}

const SALTS: string[] = ["2026-11-checkout", "2026-12-checkout", "a", "b", "\u00e9"];
const PREFIXES: string[] = ["", "user-", "", "user-", "7c9e6679-7425-40de-944b-"];

describe("Places of 1,000,000 ids", () => {
  it("fill 0, 0.1, 1, 33.33, 50, 99.9 and 100 percent as chance would", () => {
    const shares = [10, 100, 3333, 5000, 9990];
    for (let i = 0; i < SALTS.length; i++) {
      const places = placesOf(SALTS[i], PREFIXES[i]);
      const cells = new StaticArray<i32>(ALL);
      for (let j = 0; j < IDS; j++) cells[places[j]]++; // also says that none is outside: 0 and 100 percent are exact
      // 9999 degrees of freedom: mean 9999, standard deviation 141; four of them each way.
      const all = chiSquare(cells, IDS);
      expect<bool>(all > 9434 && all < 10564).toBe(true, `${SALTS[i]}: ${all}`);
      for (let k = 0; k < shares.length; k++) {
        let inside = 0;
        for (let j = 0; j < shares[k]; j++) inside += cells[j];
        const one = chiSquareOfShare(inside, shares[k]);
        expect<bool>(one < 10.83).toBe(true, `${SALTS[i]}, ${shares[k]}: ${one}`); // p = 0.001, one degree of freedom
      }
    }
  });

  it("have nothing to do with those under another salt", () => {
    const places: StaticArray<u16>[] = [];
    for (let i = 0; i < SALTS.length; i++) places.push(placesOf(SALTS[i], "user-"));
    for (let i = 0; i < SALTS.length; i++) {
      for (let j = 0; j < i; j++) {
        const cells = new StaticArray<i32>(100);
        for (let k = 0; k < IDS; k++) cells[(places[i][k] / 1000) * 10 + places[j][k] / 1000]++;
        const both = chiSquare(cells, IDS);
        // 99 degrees of freedom, p = 0.001.
        expect<bool>(both < 148.2).toBe(true, `${SALTS[i]} and ${SALTS[j]}: ${both}`);
      }
    }
  });
});

describe("Places", () => {
  it("have none for a request without a key, or with an empty one", () => {
    const places = new Places("s");
    expect<i32>(places.placeOf(null)).toBe(NO_PLACE);
    expect<i32>(places.placeOf(new Utf8(""))).toBe(NO_PLACE);
    expect<i32>(places.placeOf(new Utf8("42"))).toBe(place(new StickyShare("s", 1), "42"));
  });
});
