import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Utf8 } from "../../../../assembly/core/bytes";
import { IdEntry, IdSet } from "../../../../assembly/core/id-set";
import { lineBreaksIn, ListText } from "../../../../plugins/canary/lists/list-text";

const has = (ids: IdSet, id: string): bool => {
  const bytes = new Utf8(id);
  return ids.has(bytes.ptr, bytes.length);
};

/** What became of a text that came in pieces of `size` bytes. */
@final
class Read {
  readonly ids: IdSet;
  readonly text: ListText;
  readonly isGood: bool;

  constructor(source: string, size: i32 = i32.MAX_VALUE, capacity: i32 = 100) {
    const ids = new IdSet(capacity, 1, 2);
    const text = new ListText(ids);
    const bytes = new Utf8(source);
    let isGood: bool = true;
    for (let at = 0; at < bytes.length && isGood; at += min(size, bytes.length - at)) {
      isGood = text.add(bytes.ptr + <usize>at, min(size, bytes.length - at));
    }
    this.isGood = text.finish() && isGood;
    this.ids = ids;
    this.text = text;
  }
}

describe("ListText", () => {
  it("reads an id of each line", () => {
    const read = new Read("42\nalice\n007\n");
    expect(read.isGood).toBe(true);
    expect(read.ids.size).toBe(3);
    expect(has(read.ids, "42")).toBe(true);
    expect(has(read.ids, "alice")).toBe(true);
    expect(has(read.ids, "007")).toBe(true);
    expect(has(read.ids, "7")).toBe(false);
  });

  it("reads ranges", () => {
    const read = new Read("1000-1999");
    expect(read.ids.rangeCount).toBe(1);
    expect(has(read.ids, "1000")).toBe(true);
    expect(has(read.ids, "1999")).toBe(true);
    expect(has(read.ids, "2000")).toBe(false);
  });

  it("leaves out comments, blank lines, white space, carriage returns and a byte order mark", () => {
    const read = new Read("\ufeff42\r\n\r\n  # none: 43\r\n\t 44 \t\n#45\n \n");
    expect(read.isGood).toBe(true);
    expect(read.ids.size).toBe(2);
    expect(has(read.ids, "42")).toBe(true);
    expect(has(read.ids, "44")).toBe(true);
    expect(new Read("\ufeff# only a comment").isGood).toBe(true);
  });

  it("needs no line break at the end, and no text at all", () => {
    expect(has(new Read("1\n2").ids, "2")).toBe(true);
    expect(new Read("").isGood).toBe(true);
    expect(new Read("").ids.size).toBe(0);
  });

  it("stops at a bad line and tells which", () => {
    const sources = ["1\n\n9-3\n4", "1\n\na\tb\n4", "1\n\n" + "x".repeat(257) + "\n4"];
    const problems = [IdEntry.BadRange, IdEntry.BadText, IdEntry.BadLength];
    for (let i = 0; i < 3; i++) {
      const read = new Read(sources[i]);
      expect(read.isGood).toBe(false, sources[i]);
      expect(read.text.lines).toBe(3, sources[i]);
      expect(read.text.problem).toBe(problems[i], sources[i]);
      expect(has(read.ids, "4")).toBe(false, sources[i]);
    }
  });

  it("takes as many ids as there is room for, repeats not counted", () => {
    expect(new Read("1\n2\n1\n2\n1", 3, 2).isGood).toBe(true);
    const read = new Read("1\n2\n3", 3, 2);
    expect(read.isGood).toBe(false);
    expect(read.text.problem).toBe(IdEntry.Full);
  });

  it("takes comments of any length, and no other line beyond 1024 bytes", () => {
    for (let size = 1; size < 3000; size += 700) {
      expect(new Read("# " + "x".repeat(5000) + "\n1", size).isGood).toBe(true);
      expect(new Read(" ".repeat(1024) + "\n1", size).isGood).toBe(true);
      expect(new Read(" ".repeat(1025) + "\n1", size).isGood).toBe(false);
      expect(new Read(" ".repeat(1025) + "#\n1", size).isGood).toBe(false);
      expect(new Read(" ".repeat(1023) + "1\n", size).isGood).toBe(true);
      expect(new Read(" ".repeat(2000) + "1\n", size).isGood).toBe(false);
    }
  });

  it("reads the same wherever the pieces are cut", () => {
    const words = ["1", "23", "-", "\n", "\r\n", "#", " ", "a", "\ufeff", "x".repeat(300), "\t", "9-8", "5-7\n", "é"];
    const random = new Xoshiro256();
    random.seedPoor(7, 0, 0, 0);
    let good = 0;
    for (let round = 0; round < 400; round++) {
      let source = "";
      for (let i = <i32>(random.next() % 12); i >= 0; i--) source += words[<i32>(random.next() % words.length)];
      const whole = new Read(source);
      good += i32(whole.isGood);
      for (let size = 1; size < 9; size += 2) {
        const cut = new Read(source, size);
        expect(cut.isGood).toBe(whole.isGood, source);
        expect(cut.text.lines).toBe(whole.text.lines, source);
        expect(cut.text.problem).toBe(whole.text.problem, source);
        expect(cut.ids.size).toBe(whole.ids.size, source);
        expect(cut.ids.rangeCount).toBe(whole.ids.rangeCount, source);
      }
    }
    expect(good > 60 && good < 340).toBe(true, good.toString());
  });
});

describe("lineBreaksIn", () => {
  it("counts them", () => {
    const bytes = new Utf8("a\nb\r\n\n");
    expect(lineBreaksIn(bytes.ptr, bytes.length)).toBe(3);
    expect(lineBreaksIn(bytes.ptr, 0)).toBe(0);
    const random = new Xoshiro256();
    random.seedPoor(5, 0, 0, 0);
    const noise = new StaticArray<u8>(64);
    const near: u8[] = [0x0a, 0x0b, 0x8a, 0x00, 0x09, 0xff, 0x7f, 0x80];
    for (let round = 0; round < 300; round++) {
      let count = 0;
      const length = <i32>(random.next() % 65);
      for (let i = 0; i < length; i++) {
        noise[i] = near[<i32>(random.next() & 7)];
        count += i32(noise[i] == 0x0a);
      }
      expect(lineBreaksIn(changetype<usize>(noise), length)).toBe(count);
    }
  });
});
