import { Utf8 } from "../../../assembly/core/bytes";
import { isTraceparent } from "../../../assembly/core/traceparent";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const REST = `-${TRACE}-${PARENT}-01`;

function valid(value: string): bool {
  return isTraceparent(new Utf8(value));
}

function expectAll(values: string[], expected: bool): void {
  for (let i = 0; i < values.length; i++) expect<bool>(valid(values[i])).toBe(expected, values[i]);
}

describe("isTraceparent", () => {
  it("takes version 00 with any flags", () => {
    expectAll(["00" + REST, `00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-ff`], true);
  });

  it("refuses any one byte changed to an upper-case letter, a space or a character that is no digit", () => {
    const bytes = new Utf8("00" + REST);
    const wrong: u8[] = [0x41, 0x20, 0x2e, 0x67, 0x00, 0xff];
    for (let i = 0; i < bytes.length; i++) {
      const right = bytes.at(i);
      for (let j = 0; j < wrong.length; j++) {
        store<u8>(bytes.ptr + i, wrong[j]);
        expect<bool>(isTraceparent(bytes)).toBe(false, `byte ${i} as ${wrong[j]}`);
      }
      store<u8>(bytes.ptr + i, right);
    }
    expect<bool>(isTraceparent(bytes)).toBe(true);
  });

  it("refuses every other length", () => {
    const whole = "00" + REST;
    for (let length = 0; length < 55; length++) expect<bool>(valid(whole.substring(0, length))).toBe(false);
    expectAll([whole + "0", whole + "-", whole + "-00", whole + "."], false);
  });

  it("refuses ids of zeros", () => {
    expectAll([`00-00000000000000000000000000000000-${PARENT}-01`, `00-${TRACE}-0000000000000000-01`], false);
    expectAll([`00-00000000000000000000000000000001-${PARENT}-01`, `00-${TRACE}-1000000000000000-01`], true);
  });

  it("refuses version ff and takes later versions, with or without more after a dash", () => {
    expectAll(["ff" + REST, "ff" + REST + "-x", "cc" + REST + ".x", "cc" + REST + "x", "CC" + REST], false);
    expectAll(["01" + REST, "cc" + REST, "fe" + REST + "-", "cc" + REST + "-what-the-future-will-be-like"], true);
  });

  it("refuses two headers that a hop has joined, whatever the version", () => {
    expectAll([`00${REST},00${REST}`, `cc${REST},cc${REST}`, `cc${REST}-x,cc${REST}`, `cc${REST}-x, 00${REST}`], false);
  });

  it("does not mind white space around it", () => {
    expectAll([` 00${REST}`, `\t00${REST}`, `00${REST} \t`, `\t 00${REST} \t`, ` cc${REST} `], true);
    expectAll(["", " ", "\t \t", ` ${REST}`], false);
  });
});
