import { ByteView } from "../../../assembly/core/bytes";
import { MAX_TRACESTATE_MEMBERS } from "../../../assembly/core/tracestate";

/**
 * Bytes to which a tracestate is cut when it is changed: as many as all have to carry, and no promise that anybody carries
 * more. https://www.w3.org/TR/trace-context-2/#tracestate-limits
 */
// @ts-ignore: decorator
@inline
export const MAX_TRACESTATE_BYTES: i32 = 512;
/** Entries above this length go first. */
// @ts-ignore: decorator
@inline
const LONG_ENTRY_BYTES: i32 = 128;
// @ts-ignore: decorator
@inline
const COMMA: u8 = 0x2c;

/** Entries of a tracestate, each `key=value` and somewhere else in memory, in their order. Allocates nothing once made. */
@final
export class EntryList {
  count: i32 = 0;
  private readonly entries: StaticArray<usize>;
  private readonly lengths: StaticArray<i32>;
  private readonly keyLengths: StaticArray<i32>;

  /** @param capacity entries that there are at most at any time. */
  constructor(capacity: i32) {
    this.entries = new StaticArray<usize>(capacity);
    this.lengths = new StaticArray<i32>(capacity);
    this.keyLengths = new StaticArray<i32>(capacity);
  }

  /** Adds an entry behind the others. There must be room. */
  append(entry: usize, length: i32, keyLength: i32): void {
    this.place(this.count++, entry, length, keyLength);
  }

  /** Adds an entry before the others. There must be room. */
  prepend(entry: usize, length: i32, keyLength: i32): void {
    for (let i = this.count++; i > 0; i--) this.move(i - 1, i);
    this.place(0, entry, length, keyLength);
  }

  /** The first entry of this key from `from` on; -1 when there is none. */
  indexOf(key: ByteView, from: i32): i32 {
    for (let i = from; i < this.count; i++) {
      if (unchecked(this.keyLengths[i]) != key.length) continue;
      if (memory.compare(unchecked(this.entries[i]), key.ptr, <usize>key.length) == 0) return i;
    }
    return -1;
  }

  /** Lets `into` view the value of an entry. */
  value(index: i32, into: ByteView): void {
    const skipped = unchecked(this.keyLengths[index]) + 1;
    into.set(unchecked(this.entries[index]) + <usize>skipped, unchecked(this.lengths[index]) - skipped);
  }

  /** @returns the bytes that are saved: the entry's and its comma's. */
  removeAt(index: i32): i32 {
    const saved = unchecked(this.lengths[index]) + 1;
    this.count--;
    for (let i = index; i < this.count; i++) this.move(i + 1, i);
    return saved;
  }

  /**
   * Takes out what is too much, always whole entries: of more than 32 the right-most, as in
   * https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values; of too many bytes first those of entries over 128,
   * then from the end, as in https://www.w3.org/TR/trace-context-2/#tracestate-limits
   */
  cut(): void {
    if (this.count > MAX_TRACESTATE_MEMBERS) this.count = MAX_TRACESTATE_MEMBERS;
    let bytes = this.count - 1; // commas
    for (let i = 0; i < this.count; i++) bytes += unchecked(this.lengths[i]);
    for (let i = this.count - 1; i >= 0 && bytes > MAX_TRACESTATE_BYTES; i--) {
      if (unchecked(this.lengths[i]) > LONG_ENTRY_BYTES) bytes -= this.removeAt(i);
    }
    while (bytes > MAX_TRACESTATE_BYTES) bytes -= this.removeAt(this.count - 1);
  }

  /** Writes the entries as one header at `to`. @returns the address behind it. */
  writeAt(to: usize): usize {
    let at = to;
    for (let i = 0; i < this.count; i++) {
      if (i > 0) store<u8>(at++, COMMA);
      const length = <usize>unchecked(this.lengths[i]);
      memory.copy(at, unchecked(this.entries[i]), length);
      at += length;
    }
    return at;
  }

  private place(index: i32, entry: usize, length: i32, keyLength: i32): void {
    unchecked((this.entries[index] = entry));
    unchecked((this.lengths[index] = length));
    unchecked((this.keyLengths[index] = keyLength));
  }

  private move(from: i32, to: i32): void {
    this.place(to, unchecked(this.entries[from]), unchecked(this.lengths[from]), unchecked(this.keyLengths[from]));
  }
}
