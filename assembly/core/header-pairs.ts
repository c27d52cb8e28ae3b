import { ByteView } from "./bytes";

// A header map on the wire, little-endian:
//
//   count:u32 | (nameLength:u32 valueLength:u32) * count | (name 0 value 0) * count
//
// Source: proxy-wasm ABI 0.2.1, "Serialization".

const NOTHING: ByteView = new ByteView();

/**
 * A serialised header map under construction, reusable: `clear`, `add`..., hand `ptr` and `length` to the host.
 * Allocates only when it has to hold more than ever before.
 */
export class HeaderPairsWriter {
  private names: ByteView[] = [];
  private values: ByteView[] = [];
  private count: i32 = 0;
  private encoded: ArrayBuffer = new ArrayBuffer(128);
  /** Bytes of what `encode` wrote. */
  length: i32 = 0;

  /** Where `encode` wrote. */
  get ptr(): usize {
    return changetype<usize>(this.encoded);
  }

  /** Forgets what was added. */
  clear(): void {
    this.count = 0;
  }

  /** Makes room for a map of `pairs` pairs in `bytes` bytes, so that filling it allocates nothing. */
  reserve(pairs: i32, bytes: i32): void {
    while (this.names.length < pairs) {
      this.names.push(NOTHING);
      this.values.push(NOTHING);
    }
    if (bytes > this.encoded.byteLength) this.encoded = new ArrayBuffer(bytes);
  }

  /** Adds a pair; both views are read at `encode`, so they must stay as they are until then. */
  add(name: ByteView, value: ByteView): void {
    const index = this.count++;
    if (index == this.names.length) {
      this.names.push(name);
      this.values.push(value);
    } else {
      unchecked((this.names[index] = name));
      unchecked((this.values[index] = value));
    }
  }

  /** Serialises what was added; `ptr` and `length` then hold it. */
  encode(): void {
    const length = this.encodedLength();
    this.reserve(this.count, length);
    this.length = length;
    let sizes = this.ptr + 4;
    let bytes = sizes + 8 * <usize>this.count;
    store<u32>(this.ptr, this.count);
    for (let i = 0; i < this.count; i++) {
      const name = unchecked(this.names[i]);
      const value = unchecked(this.values[i]);
      store<u32>(sizes, name.length);
      store<u32>(sizes, value.length, 4);
      sizes += 8;
      bytes = append(append(bytes, name), value);
    }
  }

  private encodedLength(): i32 {
    let length = 4;
    for (let i = 0; i < this.count; i++) {
      length += 10 + unchecked(this.names[i]).length + unchecked(this.values[i]).length;
    }
    return length;
  }
}

function append(to: usize, view: ByteView): usize {
  memory.copy(to, view.ptr, <usize>view.length);
  store<u8>(to + <usize>view.length, 0);
  return to + <usize>view.length + 1;
}

/** Whether the bytes are a serialised header map, whole and with nothing after it. Allocates: nothing. */
export function isHeaderPairs(map: ByteView): bool {
  if (map.length < 4) return false;
  const count = load<u32>(map.ptr);
  if (count > <u32>(map.length - 4) / 10) return false;
  let length: u64 = 4 + 10 * <u64>count;
  for (let i: u32 = 0; i < 2 * count; i++) length += load<u32>(map.ptr + 4 + 4 * <usize>i);
  return length == <u64>map.length;
}

/** Walks a serialised header map in place. Malformed bytes end the walk early. Allocates: nothing. */
export class HeaderPairsReader {
  private sizes: usize = 0;
  private bytes: usize = 0;
  private end: usize = 0;
  private left: u32 = 0;
  /** Of the pair that `next` moved to; valid as long as the map. */
  readonly name: ByteView = new ByteView();
  /** Likewise. */
  readonly value: ByteView = new ByteView();

  /** Starts at the first pair of `map`. */
  open(map: ByteView): void {
    this.left = map.length >= 4 ? load<u32>(map.ptr) : 0;
    if (this.left > <u32>(map.length - 4) / 10) this.left = 0;
    this.sizes = map.ptr + 4;
    this.bytes = this.sizes + 8 * <usize>this.left;
    this.end = map.ptr + <usize>map.length;
  }

  /** Moves to the next pair, then in `name` and `value`; false when there is none. */
  next(): bool {
    if (this.left == 0) return false;
    const nameLength = load<u32>(this.sizes);
    const valueLength = load<u32>(this.sizes, 4);
    const value = <u64>this.bytes + nameLength + 1;
    if (value + valueLength + 1 > <u64>this.end) {
      this.left = 0;
      return false;
    }
    this.name.set(this.bytes, nameLength);
    this.value.set(<usize>value, valueLength);
    this.bytes = <usize>value + valueLength + 1;
    this.sizes += 8;
    this.left--;
    return true;
  }
}
