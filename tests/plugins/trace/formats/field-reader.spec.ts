import { Utf8 } from "../../../../assembly/core/bytes";
import { FieldReader } from "../../../../plugins/trace/formats/field-reader";

const COLON: u8 = 0x3a;

/** The fields of `text`, joined by bars. */
function split(text: string, reader: FieldReader): string {
  const view = new Utf8(text);
  reader.open(view.ptr, view.ptr + <usize>view.length);
  const fields: string[] = [];
  let wasLast: bool = false;
  while (reader.next()) {
    assert(!wasLast, "a field after the last");
    wasLast = reader.isLast;
    assert(reader.stop - reader.start == <usize>reader.length);
    fields.push(String.UTF8.decodeUnsafe(reader.start, <usize>reader.length));
  }
  assert(wasLast && !reader.next(), "no last field");
  return fields.join("|");
}

describe("FieldReader", () => {
  it("gives what stands between separators, nothing included", () => {
    const reader = new FieldReader(COLON);
    expect(split("a:bc:d", reader)).toBe("a|bc|d");
    expect(split("", reader)).toBe("");
    expect(split(":", reader)).toBe("|");
    expect(split("a::", reader)).toBe("a||");
    expect(split(" a : b", reader)).toBe(" a | b");
  });

  it("takes an encoded separator for one only if so asked", () => {
    const reader = new FieldReader(COLON, true);
    expect(split("a%3Ab%3ac:d", reader)).toBe("a|b|c|d");
    expect(split("%3A", reader)).toBe("|");
    expect(split("a%3", reader)).toBe("a%3");
    expect(split("a%3Bb%", reader)).toBe("a%3Bb%");
    expect(split("a%3Ab", new FieldReader(COLON))).toBe("a%3Ab");
  });

  it("begins anew where it began", () => {
    const reader = new FieldReader(COLON);
    const view = new Utf8("a:b");
    reader.open(view.ptr, view.ptr + 3);
    for (let i = 0; i < 2; i++) {
      expect(reader.next()).toBe(true);
      expect(reader.start).toBe(view.ptr);
      expect(reader.length).toBe(1);
      expect(reader.next()).toBe(true);
      expect(reader.next()).toBe(false);
      reader.rewind();
    }
  });
});
