import { ByteView, findByte, Utf8 } from "../../../assembly/core/bytes";

function part(whole: ByteView, start: i32, length: i32): ByteView {
  const view = new ByteView();
  view.set(whole.ptr + start, length);
  return view;
}

describe("ByteView", () => {
  it("compares by content", () => {
    const text = new Utf8("abcabcabd");
    expect(part(text, 0, 3).equals(part(text, 3, 3))).toBe(true);
    expect(part(text, 0, 3).equals(part(text, 6, 3))).toBe(false);
    expect(part(text, 0, 3).equals(part(text, 0, 4))).toBe(false);
    expect(part(text, 0, 0).equals(new ByteView())).toBe(true);
  });

  it("knows its prefixes", () => {
    const text = new Utf8("/api/users");
    expect(text.startsWith(new Utf8("/api"))).toBe(true);
    expect(text.startsWith(new Utf8(""))).toBe(true);
    expect(text.startsWith(new Utf8("/apj"))).toBe(false);
    expect(new Utf8("/ap").startsWith(new Utf8("/api"))).toBe(false);
  });

  it("turns into text, whatever the bytes are", () => {
    expect(new Utf8("é€").toString()).toBe("é€");
    const bytes: u8[] = [0x61, 0xff, 0x62];
    const view = new ByteView();
    view.set(bytes.dataStart, 3);
    expect(view.toString().charAt(0)).toBe("a");
    expect(view.toString().length).toBeLessThanOrEqual(3);
  });
});

describe("findByte", () => {
  it("finds the first one, or the end", () => {
    const text = new Utf8("a,b,c");
    const end = text.ptr + 5;
    expect<usize>(findByte(0x2c, text.ptr, end) - text.ptr).toBe(1);
    expect<usize>(findByte(0x2c, text.ptr + 2, end) - text.ptr).toBe(3);
    expect<usize>(findByte(0x2c, text.ptr + 4, end) - text.ptr).toBe(5);
    expect<usize>(findByte(0x2c, end, end) - text.ptr).toBe(5);
  });
});
