import { MAX_DECIMAL_DIGITS, writeDecimal } from "../../../assembly/core/decimal";

const TO = new ArrayBuffer(MAX_DECIMAL_DIGITS);

function decimal(value: u64): string {
  const length = writeDecimal(value, changetype<usize>(TO));
  return String.UTF8.decodeUnsafe(changetype<usize>(TO), length);
}

describe("writeDecimal", () => {
  it("writes what a number prints as, at every length", () => {
    expect(decimal(0)).toBe("0");
    for (let value: u64 = 1; value < u64.MAX_VALUE / 10; value *= 10) {
      expect(decimal(value - 1)).toBe((value - 1).toString());
      expect(decimal(value)).toBe(value.toString());
    }
    expect(decimal(u64.MAX_VALUE)).toBe("18446744073709551615");
  });
});
