import { Utf8 } from "../../../assembly/core/bytes";
import { decodeUtf8, NOT_UTF8 } from "../../../assembly/core/regex-utf8";

const bytes = new Utf8("????");

function decode(b0: u8, b1: u8 = 0, b2: u8 = 0, b3: u8 = 0, length: i32 = 4): i32 {
  store<u8>(bytes.ptr, b0);
  store<u8>(bytes.ptr, b1, 1);
  store<u8>(bytes.ptr, b2, 2);
  store<u8>(bytes.ptr, b3, 3);
  return decodeUtf8(bytes.ptr, bytes.ptr + <usize>length);
}

describe("decodeUtf8", () => {
  it("reads every character beyond ASCII, with the number of its further bytes", () => {
    let wrong = 0;
    for (let code = 0x80; code <= 0x10ffff; code++) {
      if (code == 0xd800) code = 0xe000;
      const further = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      const lead = further == 1 ? 0xc0 | (code >> 6) : further == 2 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18);
      for (let i = 1; i <= further; i++) {
        store<u8>(bytes.ptr + <usize>i, <u8>(0x80 | ((code >> (6 * (further - i))) & 0x3f)));
      }
      store<u8>(bytes.ptr, <u8>lead);
      const end = bytes.ptr + <usize>further + 1;
      if (decodeUtf8(bytes.ptr, end) != ((code << 2) | further) || decodeUtf8(bytes.ptr, end - 1) != NOT_UTF8) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it("refuses what is written too long, surrogates, and what is beyond the last character", () => {
    expect(decode(0xc1, 0xbf)).toBe(NOT_UTF8);
    expect(decode(0xe0, 0x9f, 0xbf)).toBe(NOT_UTF8);
    expect(decode(0xf0, 0x8f, 0xbf, 0xbf)).toBe(NOT_UTF8);
    expect(decode(0xed, 0xa0, 0x80)).toBe(NOT_UTF8);
    expect(decode(0xed, 0xbf, 0xbf)).toBe(NOT_UTF8);
    expect(decode(0xf4, 0x90, 0x80, 0x80)).toBe(NOT_UTF8);
    expect(decode(0xf5, 0x80, 0x80, 0x80)).toBe(NOT_UTF8);
  });

  it("refuses bytes out of place", () => {
    expect(decode(0x80)).toBe(NOT_UTF8);
    expect(decode(0xbf, 0x80)).toBe(NOT_UTF8);
    expect(decode(0xc3, 0x28)).toBe(NOT_UTF8);
    expect(decode(0xe2, 0x82, 0x28)).toBe(NOT_UTF8);
    expect(decode(0xf0, 0x9f, 0x98, 0xc0)).toBe(NOT_UTF8);
    expect(decode(0xff, 0x80, 0x80, 0x80)).toBe(NOT_UTF8);
  });
});
