import { Utf8 } from "../../../assembly/core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../../../assembly/core/decimal";
import { writeLowerHex } from "../../../assembly/core/hex";

/** A header's value under construction, of at most so many bytes: what does not fit is left out. Allocates nothing later. */
@final
export class ValueWriter {
  private readonly owned: ArrayBuffer;
  private readonly capacity: i32;
  length: i32 = 0;

  /** @param capacity bytes there is room for. */
  constructor(capacity: i32) {
    this.owned = new ArrayBuffer(capacity);
    this.capacity = capacity;
  }

  get ptr(): usize {
    return changetype<usize>(this.owned);
  }

  clear(): void {
    this.length = 0;
  }

  /** Whether `bytes` more bytes fit. */
  hasRoom(bytes: i32): bool {
    return bytes <= this.capacity - this.length;
  }

  byte(byte: u8): void {
    if (!this.hasRoom(1)) return;
    store<u8>(this.end, byte);
    this.length++;
  }

  /** The last `digits` (at most 16) hexadecimal digits of `value`. */
  hex(value: u64, digits: i32): void {
    if (!this.hasRoom(digits)) return;
    writeLowerHex(value, digits, this.end);
    this.length += digits;
  }

  /** Takes place for a number of any size while it is written. */
  decimal(value: u64): void {
    if (this.hasRoom(MAX_DECIMAL_DIGITS)) this.length += writeDecimal(value, this.end);
  }

  text(text: Utf8): void {
    this.bytes(text.ptr, text.length);
  }

  bytes(from: usize, length: i32): void {
    if (!this.hasRoom(length)) return;
    memory.copy(this.end, from, <usize>length);
    this.length += length;
  }

  private get end(): usize {
    return this.ptr + <usize>this.length;
  }
}
