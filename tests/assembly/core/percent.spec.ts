import { Utf8 } from "../../../assembly/core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../../../assembly/core/decimal";
import { ALL, MAX_KEY_BYTES, NO_PLACE, Places } from "../../../assembly/core/percent";

function place(places: Places, key: string): i32 {
  const bytes = new Utf8(key);
  return places.place(bytes.ptr, bytes.length);
}

describe("Places", () => {
  // Pinned: another answer after an upgrade would move users from one version to the other.
  it("are those that they always were", () => {
    const places = new Places("2026-11-checkout");
    expect<i32>(place(places, "1001")).toBe(9480);
    expect<i32>(place(places, "1002")).toBe(5409);
    expect<i32>(place(places, "caf\u00e9")).toBe(96);
  });

  it("bound what a long key costs, and still count its length", () => {
    const places = new Places("s");
    const long = "k".repeat(60000);
    expect<i32>(place(places, long + "a")).toBe(place(places, long + "b"));
    expect<bool>(place(places, long) == place(places, long + "a")).toBe(false);
    expect<bool>(place(places, "k".repeat(MAX_KEY_BYTES)) == place(places, long)).toBe(false);
  });

  it("are none for a request without a key, or with an empty one", () => {
    const places = new Places("s");
    expect<i32>(places.placeOf(null)).toBe(NO_PLACE);
    expect<i32>(places.placeOf(new Utf8(""))).toBe(NO_PLACE);
    expect<i32>(places.placeOf(new Utf8("42"))).toBe(place(places, "42"));
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
