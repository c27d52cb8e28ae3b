import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { TracestateReader } from "../../../assembly/core/tracestate";

/** Of a value that the grammar does not allow. */
const NO_TRACESTATE: i32 = -1;
const reader = new TracestateReader();

/** Number of list members, empty ones not counted. */
function count(value: ByteView): i32 {
  let members = 0;
  for (reader.open(value); reader.next();) members++;
  return reader.isValid ? members : NO_TRACESTATE;
}

function members(value: string): i32 {
  return count(new Utf8(value));
}

function expectRefused(values: string[]): void {
  for (let i = 0; i < values.length; i++) expect<i32>(members(values[i])).toBe(NO_TRACESTATE, values[i]);
}

function expectOne(values: string[]): void {
  for (let i = 0; i < values.length; i++) expect<i32>(members(values[i])).toBe(1, values[i]);
}

/** All printable ASCII but `,` and `=`. */
function everyValueByte(): string {
  let all = "";
  for (let code = 0x20; code <= 0x7e; code++) if (code != 0x2c && code != 0x3d) all += String.fromCharCode(code);
  return all;
}

describe("TracestateReader", () => {
  it("counts members", () => {
    expect<i32>(members("foo=1")).toBe(1);
    expect<i32>(members("foo=1,bar=2")).toBe(2);
    expect<i32>(members("foo=1,foo=2")).toBe(2);
  });

  it("does not count empty members", () => {
    expect<i32>(members("")).toBe(0);
    expect<i32>(members(" \t")).toBe(0);
    expect<i32>(members(",,, ,\t,")).toBe(0);
    expect<i32>(members(",foo=1,,bar=2,")).toBe(2);
  });

  it("leaves white space around members aside", () => {
    expect<i32>(members("foo=1 \t , \t bar=2, \t baz=3")).toBe(3);
    expect<i32>(members("\t foo=1 \t")).toBe(1);
    expectOne(["foo= 1", "foo=a b"]);
  });

  it("takes every key byte of level 2, and no other", () => {
    expectOne(["abcdefghijklmnopqrstuvwxyz0123456789_-*/@=1", "1a-2f@foo=1", "foo@@bar=1", "foo@=1", "0=1"]);
    const bytes = new Utf8("ax=1");
    let taken = 0;
    for (let code = 0; code < 256; code++) {
      store<u8>(bytes.ptr + 1, <u8>code);
      if (count(bytes) != NO_TRACESTATE) taken++;
    }
    // 26 letters, 10 digits and five signs.
    expect<i32>(taken).toBe(41);
  });

  it("refuses wrong keys", () => {
    expectRefused(["=1", "FOO=1", "foo.bar=1", "foo =1", "@foo=1,bar=2", "_foo=1", "foo", "foo,bar=1", "k\u00e9y=1"]);
  });

  it("takes every value byte, and no other", () => {
    expectOne(["foo=" + everyValueByte()]);
    expectRefused(["foo=bar=baz", "foo=,bar=3", "foo=", "foo= ", "foo=a\tb", "foo=\u007f", "foo=\u00e9", "foo=a\nb"]);
  });

  it("holds keys and values to 256 bytes", () => {
    expectOne(["z".repeat(256) + "=1", "t".repeat(241) + "@" + "v".repeat(14) + "=1", "foo=" + "v".repeat(256)]);
    expectRefused(["z".repeat(257) + "=1", "foo=" + "v".repeat(257)]);
  });

  it("does not count white space after a value among its 256 bytes", () => {
    expectOne(["foo=" + "v".repeat(256) + " \t"]);
  });

  it("counts on beyond the limit, which is for all headers together", () => {
    expect<i32>(members("a=1,".repeat(100))).toBe(100);
  });
});
