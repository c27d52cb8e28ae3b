/** Reads a run of bytes from front to back. Fails with a `CutOff` at its end. */
export class ByteReader {
  #position: number;

  /** @param end where the run ends in `bytes`. */
  constructor(
    private readonly bytes: Uint8Array,
    start = 0,
    private readonly end = bytes.length,
  ) {
    this.#position = start;
  }

  get position(): number {
    return this.#position;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.end;
  }

  byte(): number {
    if (this.isAtEnd) throw new CutOff();
    return this.bytes[this.#position++]!;
  }

  /** A number without a sign, in LEB128; at most 53 bits of it count. */
  number(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new CutOff();
  }

  /** A view of the next bytes. */
  take(size: number): Uint8Array {
    if (size > this.end - this.#position) throw new CutOff();
    this.#position += size;
    return this.bytes.subarray(this.#position - size, this.#position);
  }

  /** A text with its length before it; what is not UTF-8 in it is replaced. */
  text(): string {
    return Buffer.from(this.take(this.number())).toString("utf8");
  }

  /** A list with its length before it. */
  list<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let count = this.number(); count > 0; count--) items.push(item());
    return items;
  }
}

/** What is read ends before it is whole. */
export class CutOff extends Error {}
