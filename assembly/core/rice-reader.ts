/**
 * Reads Golomb-Rice codes: a number as its high part in ones and a zero, then its low bits. A high part of 24 and more is
 * 24 ones, without a zero, and all 60 bits of the number. Bits fill a byte from its lowest on.
 * Source: Rice, "Some practical universal noiseless coding techniques" (1979); the escape keeps one long gap short.
 */

/** Low bits at most. */
// @ts-ignore: decorator
@inline
export const MAX_RICE_BITS: i32 = 56;

// @ts-ignore: decorator
@inline
const ESCAPE: i32 = 24;


@final
export class RiceReader {
  /** False once a code has reached beyond the end; all that has been read since then is 0. */
  ok: bool = true;
  /** In bits, from `base`. */
  private position: u64 = 0;
  private readonly end: u64;

  /** @param base of `length` bytes; another 8 bytes behind them must be readable. */
  constructor(
    private readonly base: usize,
    length: i32,
  ) {
    this.end = (<u64>length) << 3;
  }

  /** The next number, below 2^61. @param bits how many low bits it has, up to MAX_RICE_BITS. Allocates: nothing. */
  next(bits: i32): u64 {
    const high = min<i32>(ESCAPE, <i32>ctz(~this.window()));
    if (high == ESCAPE) {
      this.skip(ESCAPE);
      return this.take(30) | (this.take(30) << 30);
    }
    this.skip(high + 1);
    return ((<u64>high) << (<u64>bits)) | this.take(bits);
  }

  /** Whether nothing is left but the rest of a byte. */
  get isAtEnd(): bool {
    return this.ok && this.end - this.position < 8;
  }

  private take(bits: i32): u64 {
    const value = this.window() & (((<u64>1) << (<u64>bits)) - 1);
    this.skip(bits);
    return this.ok ? value : 0;
  }

  /** At least 57 bits from the position on, which is never beyond the end. */
  private window(): u64 {
    return load<u64>(this.base + <usize>(this.position >> 3)) >> (this.position & 7);
  }

  private skip(bits: i32): void {
    this.position += bits;
    if (this.position <= this.end) return;
    this.position = this.end;
    this.ok = false;
  }
}
