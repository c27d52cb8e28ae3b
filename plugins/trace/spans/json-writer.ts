import { ByteView } from "../../../assembly/core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../../../assembly/core/decimal";
import { writeLowerHex } from "../../../assembly/core/hex";
import { utf8LengthAt } from "./utf8";

/** The longest form of one byte of a text: `\u001f`. */
// @ts-ignore: decorator
@inline
const MAX_ESCAPE: i32 = 6;

/**
 * JSON built in place, again and again, of parts encoded before and of values. Once something does not fit, nothing more
 * is written and `overflowed` says so.
 */
@final
export class JsonWriter extends ByteView {
  private readonly buffer: StaticArray<u8>;
  overflowed: bool = false;

  /** Only at configure: allocates. */
  constructor(private readonly capacity: i32) {
    super();
    const buffer = new StaticArray<u8>(capacity);
    this.buffer = buffer;
    this.set(changetype<usize>(buffer), 0);
  }

  /** Starts over. Allocates: nothing. */
  begin(): void {
    this.length = 0;
    this.overflowed = false;
  }

  /** Appends JSON as it is. Allocates: nothing. */
  raw(part: ByteView): void {
    if (!this.hasRoom(part.length)) return;
    memory.copy(this.end, part.ptr, <usize>part.length);
    this.length += part.length;
  }

  /** Appends one byte of JSON. Allocates: nothing. */
  byte(value: u8): void {
    if (!this.hasRoom(1)) return;
    store<u8>(this.end, value);
    this.length++;
  }

  /** Appends decimal digits. Allocates: nothing. */
  number(value: u64): void {
    if (!this.hasRoom(MAX_DECIMAL_DIGITS)) return;
    this.length += writeDecimal(value, this.end);
  }

  /** Appends the last `digits` (at most 16) hexadecimal digits of `value`, in lower case. Allocates: nothing. */
  hex(value: u64, digits: i32): void {
    if (!this.hasRoom(digits)) return;
    writeLowerHex(value, digits, this.end);
    this.length += digits;
  }

  /**
   * Appends what stands between the quotes of a string (RFC 8259 section 7): quotes, backslashes and control characters
   * escaped, each byte that is not UTF-8 replaced by U+FFFD. Allocates: nothing.
   */
  text(value: ByteView): void {
    let at = value.ptr;
    const end = at + <usize>value.length;
    while (at < end) {
      const start = at;
      while (at < end && isPlain(load<u8>(at))) at++;
      const length = <i32>(at - start);
      if (!this.hasRoom(length + MAX_ESCAPE)) return;
      this.copy(start, length);
      if (at < end) at += <usize>this.special(at, <i32>(end - at));
    }
  }

  // @ts-ignore: decorator
  @inline
  private get end(): usize {
    return this.ptr + <usize>this.length;
  }

  private hasRoom(bytes: i32): bool {
    if (bytes > this.capacity - this.length) this.overflowed = true;
    return !this.overflowed;
  }

  private copy(from: usize, length: i32): void {
    memory.copy(this.end, from, <usize>length);
    this.length += length;
  }

  /** Appends what is at `at`, and is not plain. @returns how many of the `left` bytes that took. */
  private special(at: usize, left: i32): i32 {
    const byte = load<u8>(at);
    if (byte < 0x80) {
      this.escape(byte);
      return 1;
    }
    const length = utf8LengthAt(at, left);
    if (length > 0) this.copy(at, length);
    else this.replacement();
    return max(length, 1);
  }

  private escape(byte: u8): void {
    const at = this.end;
    if (byte >= 0x20) {
      store<u8>(at, 0x5c);
      store<u8>(at, byte, 1);
      this.length += 2;
      return;
    }
    store<u32>(at, 0x3030755c); // "\u00"
    writeLowerHex(byte, 2, at + 4);
    this.length += MAX_ESCAPE;
  }

  private replacement(): void {
    store<u16>(this.end, 0xbfef);
    store<u8>(this.end, 0xbd, 2);
    this.length += 3;
  }
}

/** Whether the byte is ASCII that stands for itself in a JSON string. */
// @ts-ignore: decorator
@inline
function isPlain(byte: u8): bool {
  return byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5c;
}
