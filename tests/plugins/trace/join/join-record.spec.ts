import { ByteView } from "../../../../assembly/core/bytes";
import { CorrelationPage, Join, MAX_NOTE_VALUE, NOTE_BYTES } from "../../../../assembly/core/correlation-page";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";
import { readRecord, RecordWriter, RECORD_STEM } from "../../../../plugins/trace/join/join-record";

const writer = new RecordWriter();
const random = new Xoshiro256();

function anyContext(): TraceContext {
  const context = new TraceContext();
  context.traceIdHigh = random.next() % 3 == 0 ? 0 : random.next();
  context.traceIdLow = 1 | random.next();
  context.parentId = random.next();
  context.sampling = <Sampling>(random.next() % 4);
  context.isRandom = random.next() % 2 == 0;
  context.isShort = random.next() % 2 == 0;
  return context;
}

function textOf(context: TraceContext): string {
  const flags = `${context.sampling} ${context.isRandom} ${context.isShort}`;
  return `${context.traceIdHigh} ${context.traceIdLow} ${context.parentId} ${flags}`;
}

/** "" for no record of this key. */
function read(record: ByteView, check: u64): string {
  const context = new TraceContext();
  return readRecord(record, check, context) ? textOf(context) : "";
}

describe("a record", () => {
  beforeEach(() => {
    random.seedPoor(3, 0, 0, 0);
  });

  it("says all of a context", () => {
    for (let i = 0; i < 1000; i++) {
      const context = anyContext();
      const check = random.next();
      const record = writer.write(check, context);
      expect(record.length <= MAX_NOTE_VALUE).toBe(true);
      expect(read(record, check)).toBe(textOf(context));
    }
  });

  it("is nothing under another key", () => {
    for (let i = 0; i < 64; i++) {
      const check = random.next();
      expect(read(writer.write(check, anyContext()), check ^ ((<u64>1) << (<u64>i)))).toBe("");
    }
  });

  it("says all but the parent without its end", () => {
    const context = anyContext();
    const stem = new ByteView();
    stem.set(writer.write(9, context).ptr, RECORD_STEM);
    context.parentId = 0;
    expect(read(stem, 9)).toBe(textOf(context));
  });

  it("is no other bytes, and these leave a context alone", () => {
    const bytes = new StaticArray<u8>(MAX_NOTE_VALUE);
    const view = new ByteView();
    let records = 0;
    for (let round = 0; round < 2000; round++) {
      const length = round % MAX_NOTE_VALUE;
      for (let i = 0; i < MAX_NOTE_VALUE; i++) bytes[i] = <u8>random.next();
      if (round % 4 != 0) store<u64>(changetype<usize>(bytes), 9);
      if (round % 2 == 0) bytes[24] &= 15;
      view.set(changetype<usize>(bytes), length);
      const isLong = length == RECORD_STEM || length == RECORD_STEM + 8;
      const isRecord = isLong && load<u64>(view.ptr) == 9 && load<u8>(view.ptr, 24) < 16;
      const kept = anyContext();
      const text = textOf(kept);
      expect(readRecord(view, 9, kept)).toBe(isRecord);
      expect(textOf(kept) == text).toBe(!isRecord);
      records += i32(isRecord);
    }
    expect(records).toBeGreaterThan(10);
    memory.fill(view.ptr, 0, MAX_NOTE_VALUE);
    view.set(view.ptr, RECORD_STEM);
    expect(read(view, 0)).toBe("", "no trace");
  });
});

/** A page as workers share it, and records noted in it under one place: as if all keys' hashes of 64 bits were the same. */
class OnePlace {
  private readonly page: CorrelationPage = new CorrelationPage(1000, RECORD_STEM);
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(NOTE_BYTES);
  private readonly view: ByteView = new ByteView();

  note(check: u64, context: TraceContext, nowNs: u64 = 1): void {
    if (!this.page.note(this.view, 7, writer.write(check, context), nowNs)) return;
    memory.copy(changetype<usize>(this.bytes), this.page.page.ptr, NOTE_BYTES);
    this.view.set(changetype<usize>(this.bytes), NOTE_BYTES);
  }

  /** "" for nothing, "?" for ambiguous. */
  find(check: u64, nowNs: u64 = 1): string {
    const note = this.page.find(this.view, 7);
    const join = note == 0 ? Join.None : this.page.read(note, nowNs);
    return join == Join.One ? read(this.page.value, check) : join == Join.Ambiguous ? "?" : "";
  }
}

describe("a key", () => {
  beforeEach(() => {
    random.seedPoor(5, 0, 0, 0);
  });

  it("never leads to another key's context, even where both share a place", () => {
    const place = new OnePlace();
    const one = anyContext();
    place.note(1, one);
    expect(place.find(1)).toBe(textOf(one));
    expect(place.find(2)).toBe("");
    place.note(2, one);
    expect(place.find(1)).toBe("?", "not even of the same trace");
    expect(place.find(2)).toBe("?");
  });

  it("leads to nothing when it came with two traces", () => {
    const place = new OnePlace();
    const one = anyContext();
    const other = new TraceContext();
    other.copy(one);
    other.traceIdLow ^= 1 << 40;
    place.note(1, one);
    place.note(1, other);
    expect(place.find(1)).toBe("?");
    place.note(1, one);
    expect(place.find(1)).toBe("?");
    place.note(1, one, 2000);
    expect(place.find(1, 2000)).toBe(textOf(one), "after its time it is another's");
  });

  it("leads to the trace when it came with two parents of one trace, and to neither of them", () => {
    const place = new OnePlace();
    const one = anyContext();
    place.note(1, one);
    place.note(1, one);
    expect(place.find(1)).toBe(textOf(one), "a request that was tried again");
    const trace = new TraceContext();
    trace.copy(one);
    trace.parentId = 0;
    for (let i = 0; i < 5; i++) {
      one.parentId = random.next();
      place.note(1, one);
      expect(place.find(1)).toBe(textOf(trace));
    }
    one.traceIdHigh++;
    place.note(1, one);
    expect(place.find(1)).toBe("?");
  });

  it("leads to nothing when one trace came with two decisions", () => {
    const place = new OnePlace();
    const one = anyContext();
    one.sampling = Sampling.Dropped;
    place.note(1, one);
    one.sampling = Sampling.Sampled;
    place.note(1, one);
    expect(place.find(1)).toBe("?");
  });
});
