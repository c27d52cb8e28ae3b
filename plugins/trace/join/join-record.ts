import { ByteView } from "../../../assembly/core/bytes";
import { Sampling, TraceContext } from "../context/trace-context";

// A context as workers share it, under a key of which the half `check` is not in the place of the note:
//
//   check:u64 | trace id: u64, u64 | flags:u8 | parent id:u64
//                                               left out when requests of one trace came with different parents
//
//   flags: 1, 2 Sampling; 4 the trace id is random; 8 it came in 64 bits

/** What different records under one key must share to be of one trace. */
// @ts-ignore: decorator
@inline
export const RECORD_STEM: i32 = 25;
// @ts-ignore: decorator
@inline
const RECORD_BYTES: i32 = 33;
// @ts-ignore: decorator
@inline
const FLAGS: usize = 24;
// @ts-ignore: decorator
@inline
const PARENT: usize = 25;

/** Makes records. Allocates nothing after construction. */
@final
export class RecordWriter {
  /** What `write` made: valid until it is called again. */
  readonly record: ByteView = new ByteView();
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(RECORD_BYTES);

  constructor() {
    this.record.set(changetype<usize>(this.bytes), RECORD_BYTES);
  }

  write(check: u64, context: TraceContext): ByteView {
    const to = this.record.ptr;
    store<u64>(to, check);
    store<u64>(to, context.traceIdHigh, 8);
    store<u64>(to, context.traceIdLow, 16);
    const marks = (u32(context.isRandom) << 2) | (u32(context.isShort) << 3);
    store<u8>(to, <u8>((<u32>context.sampling) | marks), FLAGS);
    store<u64>(to, context.parentId, PARENT);
    return this.record;
  }
}

/**
 * Lets `context` be what a record says. @returns false, and leaves it alone, when these bytes are no record, or one of
 * another key. Allocates: nothing.
 */
export function readRecord(record: ByteView, check: u64, context: TraceContext): bool {
  if (record.length != RECORD_BYTES && record.length != RECORD_STEM) return false;
  const from = record.ptr;
  const flags = load<u8>(from, FLAGS);
  if (load<u64>(from) != check || flags > 15 || (load<u64>(from, 8) | load<u64>(from, 16)) == 0) return false;
  context.traceIdHigh = load<u64>(from, 8);
  context.traceIdLow = load<u64>(from, 16);
  context.sampling = <Sampling>(flags & 3);
  context.isRandom = (flags & 4) != 0;
  context.isShort = (flags & 8) != 0;
  context.parentId = record.length == RECORD_BYTES ? load<u64>(from, PARENT) : 0;
  return true;
}
