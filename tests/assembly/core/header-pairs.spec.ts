import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { HeaderPairsReader, HeaderPairsWriter } from "../../../assembly/core/header-pairs";

function encoded(pairs: HeaderPairsWriter): ByteView {
  pairs.encode();
  const view = new ByteView();
  view.set(pairs.ptr, pairs.length);
  return view;
}

function listed(map: ByteView): string {
  const reader = new HeaderPairsReader();
  let text = "";
  for (reader.open(map); reader.next();) text += `${reader.name.toString()}=${reader.value.toString()};`;
  return text;
}

describe("HeaderPairsWriter", () => {
  it("lays pairs out as the ABI has them", () => {
    const pairs = new HeaderPairsWriter();
    pairs.add(new Utf8("a"), new Utf8("bc"));
    const map = encoded(pairs);
    expect(map.length).toBe(4 + 8 + 2 + 3);
    expect(load<u32>(map.ptr)).toBe(1);
    expect(load<u32>(map.ptr, 4)).toBe(1);
    expect(load<u32>(map.ptr, 8)).toBe(2);
    expect(load<u32>(map.ptr, 12)).toBe(0x63620061);
    expect(load<u8>(map.ptr, 16)).toBe(0);
  });

  it("is an empty map without pairs", () => {
    expect(encoded(new HeaderPairsWriter()).length).toBe(4);
  });

  it("grows, and after clear holds only what is added then", () => {
    const pairs = new HeaderPairsWriter();
    for (let i = 0; i < 20; i++) pairs.add(new Utf8("name" + i.toString()), new Utf8("value"));
    expect(listed(encoded(pairs)).length).toBe(10 * 12 + 10 * 13);
    pairs.clear();
    pairs.add(new Utf8("x"), new Utf8(""));
    expect(listed(encoded(pairs))).toBe("x=;");
  });
});

describe("HeaderPairsReader", () => {
  it("reads back what was written, repeats and empty values included", () => {
    const pairs = new HeaderPairsWriter();
    pairs.add(new Utf8("k"), new Utf8("1"));
    pairs.add(new Utf8("k"), new Utf8(""));
    expect(listed(encoded(pairs))).toBe("k=1;k=;");
  });

  it("stops at the end of what is there, however long the map claims to be", () => {
    const pairs = new HeaderPairsWriter();
    pairs.add(new Utf8("abc"), new Utf8("def"));
    const map = encoded(pairs);
    for (let length = 0; length < map.length; length++) {
      const cut = new ByteView();
      cut.set(map.ptr, length);
      expect(listed(cut)).toBe("");
    }
    store<u32>(map.ptr, u32.MAX_VALUE);
    expect(listed(map)).toBe("");
    store<u32>(map.ptr, 1);
    store<u32>(map.ptr, u32.MAX_VALUE, 4);
    expect(listed(map)).toBe("");
  });
});
