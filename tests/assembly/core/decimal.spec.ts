import { Utf8 } from "../../../assembly/core/bytes";
import { isDecimal, MAX_DECIMAL_DIGITS, readDecimal, writeDecimal } from "../../../assembly/core/decimal";

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

/** The number that `text` is, as text; "none" when it is none. */
function read(text: string): string {
  const view = new Utf8(text);
  const end = view.ptr + <usize>view.length;
  return isDecimal(view.ptr, end) ? readDecimal(view.ptr, end).toString() : "none";
}

describe("readDecimal", () => {
  it("reads what writeDecimal writes, at every length", () => {
    for (let value: u64 = 1; value < u64.MAX_VALUE / 10; value *= 10) {
      expect(read((value - 1).toString())).toBe((value - 1).toString());
      expect(read(value.toString())).toBe(value.toString());
    }
  });

  it("reads numbers up to the largest u64, with any leading zeros", () => {
    expect(read("18446744073709551615")).toBe("18446744073709551615");
    expect(read("00000000018446744073709551615")).toBe("18446744073709551615");
    expect(read("18446744073709551616")).toBe("none");
    expect(read("18446744073709551620")).toBe("none");
    expect(read("28446744073709551615")).toBe("none");
    expect(read("184467440737095516150")).toBe("none");
  });

  it("takes digits and nothing else of all 256 bytes", () => {
    const byte = new Utf8("x");
    let taken = "";
    for (let code = 0; code < 256; code++) {
      store<u8>(byte.ptr, <u8>code);
      if (isDecimal(byte.ptr, byte.ptr + 1)) taken += readDecimal(byte.ptr, byte.ptr + 1).toString();
    }
    expect(taken).toBe("0123456789");
    expect(read("")).toBe("none");
    expect(read("1x")).toBe("none");
    expect(read("-1")).toBe("none");
  });
});
