import { ByteView } from "../../../assembly/core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../../../assembly/core/decimal";

/** A text built in place, again and again, of parts encoded before and of numbers. What does not fit is left out. */
@final
export class FixedText extends ByteView {
  private readonly owned: StaticArray<u8>;

  /** Only in onConfigure: allocates. */
  constructor(private readonly capacity: i32) {
    super();
    const owned = new StaticArray<u8>(capacity);
    this.owned = owned;
    this.set(changetype<usize>(owned), 0);
  }

  /** Starts over. Allocates: nothing. */
  begin(): FixedText {
    this.length = 0;
    return this;
  }

  /** Appends bytes. Allocates: nothing. */
  text(part: ByteView): FixedText {
    if (part.length > this.capacity - this.length) return this;
    memory.copy(this.ptr + <usize>this.length, part.ptr, <usize>part.length);
    this.length += part.length;
    return this;
  }

  /** Appends one byte. Allocates: nothing. */
  byte(value: u8): FixedText {
    if (this.length == this.capacity) return this;
    store<u8>(this.ptr + <usize>this.length, value);
    this.length++;
    return this;
  }

  /** Appends decimal digits. Allocates: nothing. */
  number(value: u64): FixedText {
    if (MAX_DECIMAL_DIGITS > this.capacity - this.length) return this;
    this.length += writeDecimal(value, this.ptr + <usize>this.length);
    return this;
  }
}
