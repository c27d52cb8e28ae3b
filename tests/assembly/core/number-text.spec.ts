import { Utf8 } from "../../../assembly/core/bytes";
import { numberOf } from "../../../assembly/core/number-text";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

function number(text: string): f64 {
  const bytes = new Utf8(text);
  return numberOf(bytes.ptr, bytes.ptr + <usize>bytes.length);
}

function expectNear(text: string, expected: f64): void {
  const value = number(text);
  expect(value == expected || abs(value / expected - 1) < 1e-12).toBe(true, `${text}: ${value}`);
}

describe("numberOf", () => {
  it("reads numbers as people and programs write them", () => {
    expect(number("0")).toBe(0);
    expect(number("0.83")).toBe(0.83);
    expect(number("-2")).toBe(-2);
    expect(number("+2")).toBe(2);
    expect(number(".5")).toBe(0.5);
    expect(number("5.")).toBe(5);
    expect(number("1e3")).toBe(1000);
    expect(number("1E-3")).toBe(0.001);
    expect(number("12.5e+1")).toBe(125);
    expect(number("000123")).toBe(123);
  });

  it("refuses everything else", () => {
    const wrong = [
      "",
      "-",
      "+",
      ".",
      "-.",
      "e3",
      "1e",
      "1e+",
      "1e3.5",
      "1.2.3",
      "0x10",
      "inf",
      "nan",
      "NaN",
      "Infinity",
    ];
    const more = ["1 ", " 1", "1,2", "--1", "1-", "1f", "\u00b2"];
    const all = wrong.concat(more);
    for (let i = 0; i < all.length; i++) expect(isNaN(number(all[i]))).toBe(true, all[i]);
  });

  it("is infinite above the range and 0 below it, at any length", () => {
    expect(number("1e309")).toBe(Infinity);
    expect(number("-1e99999999999999999999")).toBe(-Infinity);
    expect(number("1e-400")).toBe(0);
    expect(number("0e999999999")).toBe(0);
    expect(number("9".repeat(400))).toBe(Infinity);
    expect(number("0." + "0".repeat(400) + "1")).toBe(0);
    expect(number("1" + "0".repeat(300) + "e-300")).toBeCloseTo(1);
  });

  it("is digits times a power of ten, wherever the point is", () => {
    const random = new Xoshiro256();
    random.seedPoor(1, 2, 3, 4);
    for (let i = 0; i < 2000; i++) {
      const whole = random.next() >> (random.next() & 63);
      const digits = whole.toString();
      const after = <i32>(random.next() % (<u64>digits.length + 1));
      const place = digits.length - after;
      expectNear(`${digits.slice(0, place)}.${digits.slice(place)}`, <f64>whole / Math.pow(10, after));
      const power = <i32>(random.next() % 560) - 280;
      expectNear(`${digits}e${power}`, <f64>whole * Math.pow(10, power));
    }
  });
});
