import { ByteView } from "./bytes";

// What was noted of a request under an id, to be joined with another request that carries the same id. Many ids share a
// page; a page is what workers share, by compare-and-set.
//
//   page   | note 1 | note 2 | ... |                 at most PAGE_NOTES, only those in use, the oldest first
//   note   | id:u64 | time:u64 | length:u8 | value: 63 bytes |
//                                      length 0: the id came with different values, so it stands for none of them
//                                      or for the stem that they have in common, when it is long enough to be one
//
// A page is a ring: what was noted last goes to its end, and when it is full, the first one gives way. Notes that have
// become too old are left out of what is written next. Bytes that are no page count as an empty one.

/** The longest value. */
// @ts-ignore: decorator
@inline
export const MAX_NOTE_VALUE: i32 = 63;
// @ts-ignore: decorator
@inline
export const PAGE_NOTES: i32 = 16;
// @ts-ignore: decorator
@inline
export const NOTE_BYTES: i32 = 80;
// @ts-ignore: decorator
@inline
const LENGTH: usize = 16;
// @ts-ignore: decorator
@inline
const VALUE: usize = 17;

/** What an id stands for. */
export enum Join {
  /** Nothing was noted under it, or too long ago. */
  None,
  One,
  /** Different values were noted under it: joining with either would be a guess. */
  Ambiguous,
}

/** The page, from 0, of the id that hashes to `hash`. */
// @ts-ignore: decorator
@inline
export function notePageOf(hash: u64, pages: i32): i32 {
  return <i32>(((hash >> 32) * <u64>pages) >> 32);
}

/**
 * Reads pages, and writes them anew with one more note. Times are ns of one clock for all workers; a time before that of
 * a note counts as the note's own. Allocates nothing after construction.
 */
@final
export class CorrelationPage {
  /** The value that `find` found. */
  readonly value: ByteView = new ByteView();
  /** The page that `note` made: valid until the next `note`. */
  readonly page: ByteView = new ByteView();
  /** Whether `note` gave up a note that was still young, for want of room. */
  evicts: bool = false;
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(PAGE_NOTES * NOTE_BYTES);

  /**
   * @param ttlNs how long a note is good for, at most 2^62.
   * @param stem bytes that mean something alone: different values of one id that begin with the same ones become these.
   */
  constructor(
    private readonly ttlNs: u64,
    private readonly stem: i32 = MAX_NOTE_VALUE,
  ) {}

  /** Looks up an id in the page `from`, whatever the time. @returns the note's address, 0 for none. */
  find(from: ByteView, id: u64): usize {
    const end = from.ptr + <usize>usable(from);
    for (let note = from.ptr; note < end; note += NOTE_BYTES) if (load<u64>(note) == id) return note;
    return 0;
  }

  /** What the note at `note`, found by `find`, stands for at `nowNs`; lets `value` view its value. */
  read(note: usize, nowNs: u64): Join {
    this.value.set(note + VALUE, 0);
    if (!this.isYoung(note, nowNs)) return Join.None;
    const length = <i32>load<u8>(note, LENGTH);
    if (length == 0 || length > MAX_NOTE_VALUE) return Join.Ambiguous;
    this.value.length = length;
    return Join.One;
  }

  /**
   * Makes `page` of the page `from` and a value noted under an id.
   * @param value of 1 to MAX_NOTE_VALUE bytes; longer ones are refused.
   * @returns false when nothing is to be written: the page says the same, and for at least half the time to live.
   */
  note(from: ByteView, id: u64, value: ByteView, nowNs: u64): bool {
    this.evicts = false;
    if (value.length == 0 || value.length > MAX_NOTE_VALUE) return false;
    const old = this.find(from, id);
    let length = value.length;
    if (old != 0) {
      length = this.agreed(old, value, nowNs);
      if (<i32>load<u8>(old, LENGTH) == length && this.ageOf(old, nowNs) <= this.ttlNs / 2) return false;
    }
    let to = this.copyYoung(from, id, nowNs);
    store<u64>(to, id);
    store<u64>(to, nowNs, 8);
    store<u8>(to, <u8>length, LENGTH);
    memory.fill(to + VALUE, 0, MAX_NOTE_VALUE);
    memory.copy(to + VALUE, value.ptr, <usize>length);
    to += NOTE_BYTES;
    this.page.set(this.start, <i32>(to - this.start));
    return true;
  }

  /** How many bytes of `value` the id stands for, of which `old` is the note; 0 when it is ambiguous. */
  private agreed(old: usize, value: ByteView, nowNs: u64): i32 {
    if (this.read(old, nowNs) == Join.None || this.value.equals(value)) return value.length;
    const stem = this.stem;
    if (this.value.length < stem || value.length < stem) return 0;
    return memory.compare(this.value.ptr, value.ptr, <usize>stem) == 0 ? stem : 0;
  }

  /** Copies what is young and not of this id, as much as leaves room for one note more. @returns the end of the copy. */
  private copyYoung(from: ByteView, id: u64, nowNs: u64): usize {
    const end = from.ptr + <usize>usable(from);
    let kept = 0;
    for (let note = from.ptr; note < end; note += NOTE_BYTES) kept += i32(this.keeps(note, id, nowNs));
    this.evicts = kept == PAGE_NOTES;
    let isFirst = this.evicts;
    let to = this.start;
    for (let note = from.ptr; note < end; note += NOTE_BYTES) {
      if (!this.keeps(note, id, nowNs)) continue;
      if (!isFirst) {
        memory.copy(to, note, NOTE_BYTES);
        to += NOTE_BYTES;
      }
      isFirst = false;
    }
    return to;
  }

  private keeps(note: usize, id: u64, nowNs: u64): bool {
    return load<u64>(note) != id && this.isYoung(note, nowNs);
  }

  private isYoung(note: usize, nowNs: u64): bool {
    return this.ageOf(note, nowNs) <= this.ttlNs;
  }

  private ageOf(note: usize, nowNs: u64): u64 {
    const time = load<u64>(note, 8);
    return nowNs > time ? nowNs - time : 0;
  }

  private get start(): usize {
    return changetype<usize>(this.bytes);
  }
}

/** The bytes of the page that are notes: all of them, or none of what is no page. */
function usable(page: ByteView): i32 {
  return page.length <= PAGE_NOTES * NOTE_BYTES && page.length % NOTE_BYTES == 0 ? page.length : 0;
}
