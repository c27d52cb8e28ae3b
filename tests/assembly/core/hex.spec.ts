import { Utf8 } from "../../../assembly/core/bytes";
import { isHex, isLowerHex, isNonZeroLowerHex, readHex, writeLowerHex } from "../../../assembly/core/hex";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

function lowerHex(text: string): bool {
  const view = new Utf8(text);
  return isLowerHex(view.ptr, view.length);
}

function nonZero(text: string): bool {
  const view = new Utf8(text);
  return isNonZeroLowerHex(view.ptr, view.length);
}

function read(text: string): u64 {
  const view = new Utf8(text);
  return readHex(view.ptr, view.length);
}

function written(value: u64, digits: i32): string {
  const buffer = new ArrayBuffer(digits);
  writeLowerHex(value, digits, changetype<usize>(buffer));
  return String.UTF8.decode(buffer);
}

describe("isLowerHex", () => {
  it("takes every lower-case digit and nothing else of all 256 bytes", () => {
    const byte = new Utf8("x");
    let taken = "";
    for (let code = 0; code < 256; code++) {
      store<u8>(byte.ptr, <u8>code);
      if (isLowerHex(byte.ptr, 1)) taken += String.fromCharCode(code);
    }
    expect<string>(taken).toBe("0123456789abcdef");
  });

  it("looks at every digit", () => {
    expect<bool>(lowerHex("0123456789abcdef")).toBe(true);
    expect<bool>(lowerHex("G123456789abcdef")).toBe(false);
    expect<bool>(lowerHex("01234567x9abcdef")).toBe(false);
    expect<bool>(lowerHex("0123456789abcdeF")).toBe(false);
  });
});

describe("isNonZeroLowerHex", () => {
  it("refuses nothing but zeros", () => {
    expect<bool>(nonZero("0000")).toBe(false);
    expect<bool>(nonZero("0001")).toBe(true);
    expect<bool>(nonZero("f000")).toBe(true);
    expect<bool>(nonZero("0100")).toBe(true);
  });

  it("refuses other characters after a digit that is not 0", () => {
    expect<bool>(nonZero("1.00")).toBe(false);
    expect<bool>(nonZero("100A")).toBe(false);
  });
});

describe("isHex", () => {
  it("takes every digit in either case and nothing else of all 256 bytes", () => {
    const byte = new Utf8("x");
    let taken = "";
    for (let code = 0; code < 256; code++) {
      store<u8>(byte.ptr, <u8>code);
      if (isHex(byte.ptr, 1)) taken += String.fromCharCode(code);
    }
    expect<string>(taken).toBe("0123456789ABCDEFabcdef");
  });

  it("looks at every digit, and at no more", () => {
    const text = new Utf8("0aFg");
    expect<bool>(isHex(text.ptr, 0)).toBe(true);
    expect<bool>(isHex(text.ptr, 3)).toBe(true);
    expect<bool>(isHex(text.ptr, 4)).toBe(false);
  });
});

describe("readHex", () => {
  it("reads each digit in either case", () => {
    expect<u64>(read("0123456789abcdef")).toBe(0x0123456789abcdef);
    expect<u64>(read("FEDCBA9876543210")).toBe(0xfedcba9876543210);
  });

  it("reads as few digits as there are", () => {
    expect<u64>(read("")).toBe(0);
    expect<u64>(read("f")).toBe(15);
    expect<u64>(read("01F")).toBe(31);
  });

  it("reads what writeLowerHex writes", () => {
    const random = new Xoshiro256();
    random.seedPoor(6, 1, 0, 0);
    for (let i = 0; i < 1000; i++) {
      const value = random.next() >> (random.next() & 63);
      expect<u64>(read(written(value, 16))).toBe(value);
    }
  });
});

describe("writeLowerHex", () => {
  it("writes the last digits, with leading zeros", () => {
    expect<string>(written(0, 16)).toBe("0000000000000000");
    expect<string>(written(0x00f067aa0ba902b7, 16)).toBe("00f067aa0ba902b7");
    expect<string>(written(0xfedcba9876543210, 16)).toBe("fedcba9876543210");
    expect<string>(written(0x103, 2)).toBe("03");
  });
});
