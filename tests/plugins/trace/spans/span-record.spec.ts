import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { TraceContext } from "../../../../plugins/trace/context/trace-context";
import { MAX_RECORD, SpanRecord, SpanText } from "../../../../plugins/trace/spans/span-record";

const chance = new Xoshiro256();
chance.seedPoor(8, 0, 0, 1);
const LIMITS: i32[] = [32, 512, 256, 16, 256, 512];

function context(): TraceContext {
  const made = new TraceContext();
  made.start(chance);
  return made;
}

/** Writes, and reads from a copy, as the host hands one back. */
function carried(record: SpanRecord): SpanRecord {
  const bytes = record.write();
  expect<bool>(bytes.length <= MAX_RECORD).toBe(true);
  const copy = new StaticArray<u8>(bytes.length);
  memory.copy(changetype<usize>(copy), bytes.ptr, <usize>bytes.length);
  copies.push(copy);
  const view = new ByteView();
  view.set(changetype<usize>(copy), bytes.length);
  const read = new SpanRecord();
  expect<bool>(read.read(view)).toBe(true);
  return read;
}
const copies: StaticArray<u8>[] = [];

describe("SpanRecord", () => {
  it("carries everything", () => {
    const own = context();
    const other = context();
    const record = new SpanRecord();
    record.begin(own, 7);
    record.linkTo(other);
    record.isGrpc = true;
    const texts = ["GET", "/a/b", "reviews:9080", "http", "curl/8", "ot=th:8"];
    const kept: Utf8[] = [];
    for (let i = 0; i < 6; i++) {
      kept.push(new Utf8(texts[i]));
      record.text(<SpanText>i).set(kept[i].ptr, kept[i].length);
    }
    const read = carried(record);
    expect<u64>(read.traceIdHigh).toBe(own.traceIdHigh);
    expect<u64>(read.traceIdLow).toBe(own.traceIdLow);
    expect<u64>(read.spanId).toBe(own.parentId);
    expect<u64>(read.parentId).toBe(7);
    expect<u64>(read.linkIdHigh).toBe(other.traceIdHigh);
    expect<u64>(read.linkIdLow).toBe(other.traceIdLow);
    expect<u64>(read.linkSpanId).toBe(other.parentId);
    expect<bool>(read.isGrpc && read.isRandom).toBe(true);
    for (let i = 0; i < 6; i++) expect<string>(read.text(<SpanText>i).toString()).toBe(texts[i]);
  });

  it("forgets the last request", () => {
    const record = new SpanRecord();
    record.begin(context(), 7);
    record.linkTo(context());
    record.isGrpc = true;
    const method = new Utf8("GET");
    record.text(SpanText.Method).set(method.ptr, method.length);
    const plain = context();
    plain.isRandom = false;
    record.begin(plain, 0);
    const read = carried(record);
    expect<u64>(read.linkIdHigh | read.linkIdLow | read.linkSpanId | read.parentId).toBe(0);
    expect<bool>(read.isGrpc || read.isRandom).toBe(false);
    expect<i32>(read.text(SpanText.Method).length).toBe(0);
  });

  it("links to nothing that has no span", () => {
    const record = new SpanRecord();
    record.begin(context(), 0);
    const other = context();
    other.parentId = 0;
    record.linkTo(other);
    record.linkTo(new TraceContext());
    expect<u64>(record.linkIdHigh | record.linkIdLow | record.linkSpanId).toBe(0);
  });

  it("cuts texts at their limits, and no character in two", () => {
    const long = new Utf8("a" + "€".repeat(400));
    for (let i = 0; i < 6; i++) {
      const record = new SpanRecord();
      record.begin(context(), 0);
      record.text(<SpanText>i).set(long.ptr, long.length);
      const limit = LIMITS[i];
      const whole = 1 + ((limit - 1) / 3) * 3;
      const text = carried(record).text(<SpanText>i);
      expect<i32>(text.length).toBe(whole);
      expect<string>(text.toString()).toBe("a" + "€".repeat((whole - 1) / 3));
    }
  });

  it("cuts bytes that are no characters as well", () => {
    const bytes = new StaticArray<u8>(600);
    memory.fill(changetype<usize>(bytes), 0x80, 600);
    const record = new SpanRecord();
    record.begin(context(), 0);
    record.text(SpanText.Path).set(changetype<usize>(bytes), 600);
    expect<i32>(carried(record).text(SpanText.Path).length).toBe(509);
  });

  it("takes no bytes that it has not written: any length, any changed byte", () => {
    const record = new SpanRecord();
    record.begin(context(), 1);
    const path = new Utf8("/path");
    record.text(SpanText.Path).set(path.ptr, path.length);
    const bytes = record.write();
    const read = new SpanRecord();
    const view = new ByteView();
    for (let length = 0; length < bytes.length; length++) {
      view.set(bytes.ptr, length);
      expect<bool>(read.read(view)).toBe(false);
    }
    const random = new Uint8Array(MAX_RECORD + 64);
    for (let round = 0; round < 2000; round++) {
      const length = <i32>(chance.next() % <u64>random.length);
      for (let i = 0; i < length; i++) random[i] = <u8>chance.next();
      memory.copy(random.dataStart, bytes.ptr, 4);
      for (let i = 64; i < min(length, 76); i += 2) random[i + 1] = random[i + 1] & 1;
      view.set(random.dataStart, length);
      if (!read.read(view)) continue;
      // What was taken lies within the bytes.
      for (let i = 0; i < 6; i++) {
        const text = read.text(<SpanText>i);
        expect<bool>(text.ptr >= view.ptr && text.ptr + text.length <= view.ptr + length).toBe(true);
      }
    }
    store<u8>(bytes.ptr, 0);
    view.set(bytes.ptr, bytes.length);
    expect<bool>(read.read(view)).toBe(false);
  });
});
