const UINT32_MAX = 0xffff_ffff;

/**
 * A module's linear memory, with the bounds check of Envoy's V8 host: an access that ends beyond the memory is
 * refused (false or undefined), never an exception. Addresses are unsigned.
 */
export class GuestMemory {
  /** Bytes that host functions copied into and out of the module. */
  bytesIn = 0;
  bytesOut = 0;
  #buffer: Buffer;

  /** @internal */
  constructor(private readonly memory: WebAssembly.Memory) {
    this.#buffer = Buffer.from(memory.buffer);
  }

  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  /** The bytes as they are now. Growth detaches the old buffer, whose length is then 0. */
  private get bytes(): Buffer {
    if (this.#buffer.length === 0) this.#buffer = Buffer.from(this.memory.buffer);
    return this.#buffer;
  }

  inBounds(pointer: number, size: number): boolean {
    const end = pointer + size;
    return end <= this.bytes.length && end <= UINT32_MAX;
  }

  /** Reads a byte string, one character per byte. */
  readString(pointer: number, size: number): string | undefined {
    if (!this.inBounds(pointer, size)) return undefined;
    this.bytesOut += size;
    return this.bytes.toString("latin1", pointer, pointer + size);
  }

  /** Copies bytes out. */
  readBytes(pointer: number, size: number): Uint8Array | undefined {
    if (!this.inBounds(pointer, size)) return undefined;
    this.bytesOut += size;
    return Uint8Array.prototype.slice.call(this.bytes, pointer, pointer + size);
  }

  readU32(pointer: number): number | undefined {
    return this.inBounds(pointer, 4) ? this.bytes.readUInt32LE(pointer) : undefined;
  }

  writeString(pointer: number, value: string): boolean {
    if (!this.inBounds(pointer, value.length)) return false;
    this.bytesIn += value.length;
    this.bytes.write(value, pointer, "latin1");
    return true;
  }

  writeBytes(pointer: number, value: Uint8Array): boolean {
    if (!this.inBounds(pointer, value.length)) return false;
    this.bytesIn += value.length;
    this.bytes.set(value, pointer);
    return true;
  }

  writeU32(pointer: number, value: number): boolean {
    if (!this.inBounds(pointer, 4)) return false;
    this.bytes.writeUInt32LE(value >>> 0, pointer);
    return true;
  }

  writeU64(pointer: number, value: bigint): boolean {
    if (!this.inBounds(pointer, 8)) return false;
    this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), pointer);
    return true;
  }
}
