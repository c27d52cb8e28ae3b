import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { HeaderPairsWriter } from "../../../assembly/core/header-pairs";
import { HeaderEdits } from "../../../plugins/trace/context/header-edits";
import { TraceHeaders } from "../../../plugins/trace/context/trace-headers";

/** Keeps the bytes of the last map alive, since only addresses point to them. */
const writers: HeaderPairsWriter[] = [];
const texts: Utf8[] = [];

/** Lets `headers`, whose slots are all taken, read a request with these: name, value, name, value, ... @returns its map. */
export function send(headers: TraceHeaders, pairs: string[]): ByteView {
  const writer = new HeaderPairsWriter();
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = new Utf8(pairs[i]);
    const value = new Utf8(pairs[i + 1]);
    texts.push(name);
    texts.push(value);
    writer.add(name, value);
  }
  writer.encode();
  writers.push(writer);
  const map = new ByteView();
  map.set(writer.ptr, writer.length);
  headers.read(map);
  return map;
}

/** Records what becomes of headers: `name=value` for those that are written, `-name` for those that go. */
export class RecordedEdits extends HeaderEdits {
  done: string[] = [];

  constructor(headers: TraceHeaders) {
    super(headers);
  }

  set(slot: i32, ptr: usize, length: i32): void {
    const value = textOf(ptr, length);
    const old = new ByteView();
    if (this.headers.single(slot, old) && old.toString() == value) return;
    this.done.push(this.headers.name(slot).toString() + "=" + value);
  }

  protected removeSlot(slot: i32): void {
    this.done.push("-" + this.headers.name(slot).toString());
  }

  setNamed(slot: i32, namePtr: usize, nameLength: i32, ptr: usize, length: i32): void {
    this.done.push(this.headers.name(slot).toString() + textOf(namePtr, nameLength) + "=" + textOf(ptr, length));
  }

  removeNamed(slot: i32, namePtr: usize, nameLength: i32): void {
    this.done.push("-" + textOf(namePtr, nameLength));
  }

  /** What was recorded, in order, separated by "; ". */
  toString(): string {
    return this.done.join("; ");
  }
}

function textOf(ptr: usize, length: i32): string {
  return String.UTF8.decodeUnsafe(ptr, <usize>length);
}
