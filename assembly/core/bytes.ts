/**
 * Bytes that somebody else owns: a header value lent by the host, a part of another view.
 * Bytes lent by the host are valid until the running callback returns.
 */
export class ByteView {
  /** Address in linear memory. */
  ptr: usize = 0;
  /** In bytes. */
  length: i32 = 0;

  /** Looks at other bytes from now on. */
  // @ts-ignore: decorator
  @inline
  set(ptr: usize, length: i32): void {
    this.ptr = ptr;
    this.length = length;
  }

  /** Byte at `index`, which must be below `length`. */
  // @ts-ignore: decorator
  @inline
  at(index: i32): u8 {
    return load<u8>(this.ptr + <usize>index);
  }

  /** Whether the bytes are the same. Allocates: nothing. */
  equals(other: ByteView): bool {
    return this.length == other.length && memory.compare(this.ptr, other.ptr, <usize>other.length) == 0;
  }

  /** Whether these bytes begin with those of `prefix`. Allocates: nothing. */
  startsWith(prefix: ByteView): bool {
    return this.length >= prefix.length && memory.compare(this.ptr, prefix.ptr, <usize>prefix.length) == 0;
  }

  /** Whether these bytes end with those of `suffix`. Allocates: nothing. */
  endsWith(suffix: ByteView): bool {
    const skipped = this.length - suffix.length;
    return skipped >= 0 && memory.compare(this.ptr + <usize>skipped, suffix.ptr, <usize>suffix.length) == 0;
  }

  /** The bytes as UTF-8 text; what bytes that are not UTF-8 become is not defined, but they do no harm. Allocates. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.ptr, <usize>this.length);
  }
}

/** Text encoded as UTF-8 once, to be compared with or handed to the host any number of times without allocation. */
export class Utf8 extends ByteView {
  private readonly owned: ArrayBuffer;

  constructor(text: string) {
    super();
    const owned = String.UTF8.encode(text);
    this.owned = owned;
    this.set(changetype<usize>(owned), owned.byteLength);
  }
}

/** Where `byte` first stands from `from` on, or `end`. Allocates: nothing. */
// @ts-ignore: decorator
@inline
export function findByte(byte: u8, from: usize, end: usize): usize {
  while (from < end && load<u8>(from) != byte) from++;
  return from;
}
