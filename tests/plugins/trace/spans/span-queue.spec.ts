import { ByteView } from "../../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { BYTES_PER_SPAN, SpanQueue } from "../../../../plugins/trace/spans/span-queue";

const bytes = new StaticArray<u8>(64 * 1024);
const view = new ByteView();

/** A span of this many bytes, all of one value. */
function span(length: i32, value: u8): ByteView {
  memory.fill(changetype<usize>(bytes), value, <usize>length);
  view.set(changetype<usize>(bytes), length);
  return view;
}

function isFilledWith(found: ByteView, length: i32, value: u8): bool {
  if (found.length != length) return false;
  for (let i = 0; i < length; i++) if (found.at(i) != value) return false;
  return true;
}

describe("SpanQueue", () => {
  it("has nothing at first", () => {
    expect<bool>(new SpanQueue(1).peek(new ByteView())).toBe(false);
  });

  it("takes no more spans than it may, however small", () => {
    const queue = new SpanQueue(3);
    for (let i = 0; i < 3; i++) expect<bool>(queue.push(span(1, <u8>i))).toBe(true);
    expect<bool>(queue.push(span(1, 9))).toBe(false);
    expect<i32>(queue.count).toBe(3);
  });

  it("takes no more bytes than it has", () => {
    const queue = new SpanQueue(4);
    expect<bool>(queue.push(span(3 * BYTES_PER_SPAN, 1))).toBe(true);
    expect<bool>(queue.push(span(BYTES_PER_SPAN, 2))).toBe(false);
    expect<bool>(queue.push(span(BYTES_PER_SPAN - 4, 3))).toBe(true);
    expect<bool>(queue.push(span(0, 4))).toBe(false);
  });

  it("takes one span as large as itself, again and again", () => {
    const queue = new SpanQueue(2);
    const found = new ByteView();
    for (let i = 0; i < 3; i++) {
      expect<bool>(queue.push(span(2 * BYTES_PER_SPAN, <u8>i))).toBe(true);
      expect<bool>(queue.push(span(0, 0))).toBe(false);
      expect<bool>(queue.peek(found)).toBe(true);
      expect<bool>(isFilledWith(found, 2 * BYTES_PER_SPAN, <u8>i)).toBe(true);
      queue.drop();
    }
    expect<bool>(queue.push(span(2 * BYTES_PER_SPAN + 1, 1))).toBe(false);
  });

  it("gives back in order what it took, whatever the sizes", () => {
    const chance = new Xoshiro256();
    chance.seedPoor(3, 3, 3, 3);
    const found = new ByteView();
    let refused = 0;
    for (let size = 1; size <= 8; size++) {
      const queue = new SpanQueue(size);
      const lengths: i32[] = [];
      const values: u8[] = [];
      for (let step = 0; step < 1500; step++) {
        const word = chance.next();
        if ((word & 7) < 4) {
          const most: u64 = ((word >> 3) & 3) == 0 ? 3000 : 300;
          const length = <i32>((word >> 8) % most);
          const value = <u8>(word >> 40);
          if (queue.push(span(length, value))) {
            lengths.push(length);
            values.push(value);
          } else refused++;
        } else if (lengths.length > 0) {
          expect<bool>(queue.peek(found)).toBe(true);
          expect<bool>(queue.peek(found)).toBe(true, "again");
          expect<bool>(isFilledWith(found, lengths.shift(), values.shift())).toBe(true);
          queue.drop();
        }
        if (queue.count != lengths.length) expect<i32>(queue.count).toBe(lengths.length);
      }
    }
    expect<bool>(refused > 100).toBe(true);
  });
});
