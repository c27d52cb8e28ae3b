import { DAY_MS, NO_OFFSET, NO_TIME, parseOffset, parseRfc3339 } from "../../../assembly/core/rfc3339";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

function expectTime(text: string, ms: i64): void {
  expect<i64>(parseRfc3339(text)).toBe(ms, text);
}

function two(value: i64): string {
  return value < 10 ? `0${value}` : value.toString();
}

describe("parseRfc3339", () => {
  // Expected by `date -u -d TEXT +%s`.
  it("reads what other tools read", () => {
    expectTime("1970-01-01T00:00:00Z", 0);
    expectTime("2026-11-21T09:00:00+01:00", 1_795_248_000_000);
    expectTime("2024-02-29T23:59:59-05:30", 1_709_270_999_000);
    expectTime("1999-12-31T23:59:59.999Z", 946_684_799_999);
    expectTime("1969-12-31T23:59:59.5Z", -500);
    expectTime("0000-01-01T00:00:00Z", -62_167_219_200_000);
    expectTime("9999-12-31T23:59:59Z", 253_402_300_799_000);
    expectTime("2026-11-21T00:30:00+23:59", 1_795_134_660_000);
  });

  it("takes small letters, an unknown offset, and fractions of any length", () => {
    expectTime("1970-01-01t00:00:01z", 1000);
    expectTime("1970-01-01T00:00:00-00:00", 0);
    expectTime("1970-01-01T00:00:00.1Z", 100);
    expectTime("1970-01-01T00:00:00.0019Z", 1);
    expectTime("1970-01-01T00:00:00.123456789012345678901234567890Z", 123);
  });

  it("takes a leap second where one may be, for the second after it", () => {
    // The examples of RFC 3339 section 5.8.
    expectTime("1990-12-31T23:59:60Z", 662_688_000_000);
    expectTime("1990-12-31T15:59:60-08:00", 662_688_000_000);
    expectTime("2015-07-01T01:59:60.25+02:00", 1_435_708_800_250);
    expectTime("2015-06-29T23:59:60Z", NO_TIME);
    expectTime("2015-06-30T22:59:60Z", NO_TIME);
    expectTime("2015-06-30T23:59:60+01:00", NO_TIME);
    expectTime("2015-03-31T23:59:60Z", NO_TIME);
  });

  it("knows the calendar", () => {
    expectTime("2026-02-29T00:00:00Z", NO_TIME);
    expectTime("1900-02-29T00:00:00Z", NO_TIME);
    expectTime("2000-02-29T00:00:00Z", 951_782_400_000);
    expectTime("2026-04-31T00:00:00Z", NO_TIME);
    expectTime("2026-11-00T00:00:00Z", NO_TIME);
    expectTime("2026-00-10T00:00:00Z", NO_TIME);
    expectTime("2026-13-10T00:00:00Z", NO_TIME);
  });

  // Two ways to count: day after day here, by formula there.
  it("counts every day of 800 years, whatever the offset", () => {
    const lengths: i32[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let ms: i64 = -11_676_096_000_000; // 1600-01-01
    let wrong = 0;
    for (let year = 1600; year < 2400; year++) {
      const leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
      for (let month = 0; month < 12; month++) {
        const days = lengths[month] + i32(leap && month == 1);
        for (let day = 1; day <= days; day++, ms += DAY_MS) {
          const date = `${year}-${two(month + 1)}-${two(day)}`;
          wrong += i32(parseRfc3339(date + "T00:00:00Z") != ms);
          wrong += i32(parseRfc3339(date + "T23:00:00-01:00") != ms + DAY_MS);
        }
        wrong += i32(parseRfc3339(`${year}-${two(month + 1)}-${days + 1}T00:00:00Z`) != NO_TIME);
      }
    }
    expect<i32>(wrong).toBe(0);
  });

  it("refuses everything else", () => {
    const wrong = [
      "",
      "2026-11-21",
      "2026-11-21T09:00:00",
      "2026-11-21T09:00Z",
      "2026-11-21 09:00:00Z",
      "2026-11-21T9:00:00Z",
      "2026-11-21T24:00:00Z",
      "2026-11-21T09:60:00Z",
      "2026-11-21T09:00:61Z",
      "2026-11-21T09:00:00.Z",
      "2026-11-21T09:00:00,5Z",
      "2026-11-21T09:00:00+0100",
      "2026-11-21T09:00:00+01",
      "2026-11-21T09:00:00+24:00",
      "2026-11-21T09:00:00+01:60",
      "2026-11-21T09:00:00Z ",
      " 2026-11-21T09:00:00Z",
      "2026-11-21T09:00:00ZZ",
      "2026/11/21T09:00:00Z",
      "2026-11-21T09.00.00Z",
      "+2026-11-21T09:00:00Z",
      "12026-11-21T09:00:00Z",
      "20261121T090000Z",
      "2026-11-21T09:00:00\u212a",
      "\u0662026-11-21T09:00:00Z",
    ];
    for (let i = 0; i < wrong.length; i++) expectTime(wrong[i], NO_TIME);
  });

  it("refuses every text with one character less, more or another in a wrong place", () => {
    const good = "2026-11-21T09:34:56+01:00";
    const chance = new Xoshiro256();
    chance.seedPoor(3339, 0, 0, 0);
    for (let i = 0; i < good.length; i++) {
      expectTime(good.slice(0, i) + good.slice(i + 1), NO_TIME);
      expectTime(good.slice(0, i), NO_TIME);
      const other = String.fromCharCode(0x3a + <i32>(chance.next() % 26)); // : to S, no digit, neither T nor Z
      if (other != good.charAt(i)) expectTime(good.slice(0, i) + other + good.slice(i + 1), NO_TIME);
      expectTime(good.slice(0, i) + "0" + good.slice(i), NO_TIME);
    }
  });
});

describe("parseOffset", () => {
  it("reads minutes east of UTC", () => {
    expect<i32>(parseOffset("Z")).toBe(0);
    expect<i32>(parseOffset("+00:00")).toBe(0);
    expect<i32>(parseOffset("+05:45")).toBe(345);
    expect<i32>(parseOffset("-09:30")).toBe(-570);
    expect<i32>(parseOffset("-23:59")).toBe(-1439);
  });

  it("refuses everything else", () => {
    const wrong = [
      "",
      "+",
      "+1",
      "+1:00",
      "01:00",
      "+01:0",
      "+01:000",
      "+24:00",
      "UTC",
      "Zz",
      "+-1:00",
      "\u2212" + "01:00",
    ];
    for (let i = 0; i < wrong.length; i++) expect<i32>(parseOffset(wrong[i])).toBe(NO_OFFSET, wrong[i]);
  });
});
