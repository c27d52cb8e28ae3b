import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { JsonKind, parseJson } from "../../../../assembly/core/json";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { JsonWriter } from "../../../../plugins/trace/spans/json-writer";

const json = new JsonWriter(4096);

function escaped(bytes: u8[]): string {
  const view = new ByteView();
  view.set(bytes.dataStart, bytes.length);
  json.begin();
  json.text(view);
  return json.toString();
}

describe("JsonWriter.text", () => {
  it("escapes what RFC 8259 section 7 asks for, and nothing else", () => {
    expect<string>(escaped([0x61, 0x22, 0x5c, 0x2f])).toBe('a\\"\\\\/');
    expect<string>(escaped([0x00, 0x08, 0x0a, 0x1f, 0x20, 0x7f])).toBe("\\u0000\\u0008\\u000a\\u001f \x7f");
  });

  it("passes UTF-8 of every length", () => {
    json.begin();
    json.text(new Utf8("é€𝄞\u{10ffff}\u2028"));
    expect<string>(json.toString()).toBe("é€𝄞\u{10ffff}\u2028");
  });

  // Cases of Markus Kuhn's "UTF-8 decoder capability and stress test", sections 3 to 5.
  it("replaces what is not UTF-8, byte by byte", () => {
    const bad = "\ufffd";
    expect<string>(escaped([0x80])).toBe(bad, "a continuation alone");
    expect<string>(escaped([0xc3])).toBe(bad, "cut off");
    expect<string>(escaped([0xc3, 0x28])).toBe(bad + "(", "no continuation");
    expect<string>(escaped([0xc0, 0xaf])).toBe(bad + bad, "an overlong slash");
    expect<string>(escaped([0xe0, 0x80, 0xaf])).toBe(bad + bad + bad, "an overlong slash in three bytes");
    expect<string>(escaped([0xed, 0xa0, 0x80])).toBe(bad + bad + bad, "a surrogate");
    expect<string>(escaped([0xf4, 0x90, 0x80, 0x80])).toBe(bad + bad + bad + bad, "above U+10FFFF");
    expect<string>(escaped([0xff, 0x61])).toBe(bad + "a");
    expect<string>(escaped([0xf0, 0x9d, 0x84])).toBe(bad + bad + bad, "the first three of four");
  });

  it("gives a string of the strictest parser for any bytes", () => {
    const random = new Xoshiro256();
    random.seedPoor(6, 1, 2, 3);
    for (let round = 0; round < 3000; round++) {
      const bytes: u8[] = [];
      for (let i = random.next() % 24; i > 0; i--) {
        const word = random.next();
        bytes.push(<u8>((word >> 8) % 3 == 0 ? word & 0x7f : word));
      }
      const text = new Utf8('"' + escaped(bytes) + '"');
      const document = parseJson(text);
      expect<string>(document.error).toBe("");
      expect<JsonKind>(document.root.kind).toBe(JsonKind.String);
      let plain = true;
      for (let i = 0; i < bytes.length; i++) if (bytes[i] >= 0x80) plain = false;
      if (plain) expect<string>(document.root.text).toBe(String.UTF8.decodeUnsafe(bytes.dataStart, bytes.length));
    }
  });
});

describe("JsonWriter", () => {
  it("writes numbers and ids", () => {
    json.begin();
    json.number(u64.MAX_VALUE);
    json.byte(0x20);
    json.hex(0xf067aa0ba902b7, 16);
    json.hex(0xabc, 2);
    expect<string>(json.toString()).toBe("18446744073709551615 00f067aa0ba902b7bc");
  });

  it("never writes beyond its capacity, and nothing more after what did not fit", () => {
    const value = new Utf8("x".repeat(20));
    for (let capacity = 0; capacity < 64; capacity++) {
      const small = new JsonWriter(capacity);
      small.text(value);
      small.raw(value);
      small.number(7);
      small.hex(1, 16);
      expect<bool>(small.length <= capacity).toBe(true);
      const length = small.length;
      if (!small.overflowed) continue;
      small.byte(0x61);
      expect<i32>(small.length).toBe(length);
    }
  });

  it("starts over", () => {
    const small = new JsonWriter(4);
    small.number(1);
    expect<bool>(small.overflowed).toBe(true);
    small.begin();
    small.raw(new Utf8("null"));
    expect<bool>(small.overflowed).toBe(false);
    expect<string>(small.toString()).toBe("null");
  });
});
