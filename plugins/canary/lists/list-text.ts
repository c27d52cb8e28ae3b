/**
 * The text of a list: an id or a range of numbers (1000-1999) in each line. Lines of white space and lines that begin
 * with # say nothing; white space around an id, a carriage return before the line break, and a byte order mark in front
 * do not count. The text comes in pieces, cut anywhere.
 */
import { IdEntry, IdSet } from "../../../assembly/core/id-set";

// @ts-ignore: decorator
@inline
const LINE_FEED: u8 = 0x0a;
// @ts-ignore: decorator
@inline
const HASH: u8 = 0x23;
// @ts-ignore: decorator
@inline
const LINE_FEEDS: u64 = 0x0a0a0a0a0a0a0a0a;
/** All bits of eight bytes but the highest of each. */
// @ts-ignore: decorator
@inline
const LOW_BITS: u64 = 0x7f7f7f7f7f7f7f7f;

/** The longest line that is no comment, in bytes. */
// @ts-ignore: decorator
@inline
const MAX_LINE_BYTES: i32 = 1024;
/** Bytes that are looked at of any line: enough to see that it is too long, so that it is the same wherever it is cut. */
// @ts-ignore: decorator
@inline
const KEPT_BYTES: i32 = MAX_LINE_BYTES + 1;

/** The marks of a text in UTF-8 that begins with a byte order mark. */
// @ts-ignore: decorator
@inline
const BYTE_ORDER_MARK: u32 = 0xbfbbef;


@final
export class ListText {
  /** The beginning of a line whose end has not come yet. */
  private readonly kept: StaticArray<u8> = new StaticArray<u8>(KEPT_BYTES);
  private keptLength: i32 = 0;
  /** Lines that were read, the bad one included. */
  lines: i32 = 0;
  /** Why the last line that was read was not taken; Added while all were. */
  problem: IdEntry = IdEntry.Added;

  /** @param ids where the entries go. Allocates: only here. */
  constructor(private readonly ids: IdSet) {}

  /** Reads on; false when a line is not taken, and nothing more will be. Allocates: what the set does. */
  add(ptr: usize, length: i32): bool {
    const end = ptr + <usize>length;
    while (ptr < end && this.problem == IdEntry.Added) {
      const lineEnd = endOfLine(ptr, end);
      if (lineEnd < end && this.keptLength == 0) this.takeLine(ptr, lineEnd);
      else this.takePart(ptr, lineEnd, lineEnd < end);
      ptr = lineEnd + 1;
    }
    return this.problem == IdEntry.Added;
  }

  /** Reads the last line, which may lack a line break; false as for `add`. */
  finish(): bool {
    if (this.keptLength > 0 && this.problem == IdEntry.Added) this.takeKept();
    return this.problem == IdEntry.Added;
  }

  private takePart(from: usize, to: usize, isEnd: bool): void {
    const length = min(<i32>(to - from), KEPT_BYTES - this.keptLength);
    memory.copy(changetype<usize>(this.kept) + <usize>this.keptLength, from, <usize>length);
    this.keptLength += length;
    if (isEnd) this.takeKept();
  }

  private takeKept(): void {
    const from = changetype<usize>(this.kept);
    this.takeLine(from, from + <usize>this.keptLength);
    this.keptLength = 0;
  }

  private takeLine(from: usize, to: usize): void {
    const isLong = to - from > <usize>MAX_LINE_BYTES;
    if (isLong) to = from + <usize>KEPT_BYTES;
    if (this.lines++ == 0) from = afterByteOrderMark(from, to);
    while (from < to && isBlank(load<u8>(from))) from++;
    while (to > from && isBlank(load<u8>(to - 1))) to--;
    if (from < to && load<u8>(from) == HASH) return;
    if (from == to && !isLong) return;
    const entry = isLong ? IdEntry.BadLength : this.ids.addText(from, <i32>(to - from));
    if (entry != IdEntry.Repeated) this.problem = entry;
  }
}

/** Line breaks in the bytes. Allocates: nothing. */
export function lineBreaksIn(ptr: usize, length: i32): i32 {
  let count = 0;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    // Of each byte that is a line break, and of no other, the highest bit.
    const word = load<u64>(ptr + <usize>i) ^ LINE_FEEDS;
    count += <i32>popcnt(~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS));
  }
  for (; i < length; i++) count += i32(load<u8>(ptr + <usize>i) == LINE_FEED);
  return count;
}

function endOfLine(ptr: usize, end: usize): usize {
  while (ptr < end && load<u8>(ptr) != LINE_FEED) ptr++;
  return ptr;
}

function afterByteOrderMark(from: usize, to: usize): usize {
  if (to - from < 3) return from;
  const mark = (<u32>load<u16>(from)) | ((<u32>load<u8>(from, 2)) << 16);
  return mark == BYTE_ORDER_MARK ? from + 3 : from;
}

function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0d;
}
