/** A 64-bit word as two halves: BigInt would take ten times as long. */
export interface Word {
  low: number;
  high: number;
}

/** The 128-bit key of SipHash. */
export interface HashKey {
  key0: bigint;
  key1: bigint;
}

const LOW = 0xffffffffn;

/**
 * SipHash-1-3 under one key, as the plugins have it (assembly/core/siphash.ts).
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), with 1 compression and 3 final rounds.
 */
export class SipHash {
  private readonly start: Int32Array;
  /** v0 to v3, each as its low and its high half. */
  private readonly v = new Int32Array(8);

  constructor({ key0, key1 }: HashKey) {
    const words = [key0 ^ 0x736f6d6570736575n, key1 ^ 0x646f72616e646f6dn];
    words.push(key0 ^ 0x6c7967656e657261n, key1 ^ 0x7465646279746573n);
    this.start = Int32Array.from(words.flatMap((word) => [Number(word & LOW) | 0, Number((word >> 32n) & LOW) | 0]));
  }

  hash(bytes: Uint8Array): Word {
    const v = this.v;
    v.set(this.start);
    const whole = bytes.length & ~7;
    for (let at = 0; at < whole; at += 8) this.take(half(bytes, at), half(bytes, at + 4));
    this.take(half(bytes, whole), half(bytes, whole + 4) | (bytes.length << 24));
    v[4]! ^= 0xff;
    for (let i = 0; i < 3; i++) this.round();
    return { low: (v[0]! ^ v[2]! ^ v[4]! ^ v[6]!) >>> 0, high: (v[1]! ^ v[3]! ^ v[5]! ^ v[7]!) >>> 0 };
  }

  private take(low: number, high: number): void {
    this.v[6]! ^= low;
    this.v[7]! ^= high;
    this.round();
    this.v[0]! ^= low;
    this.v[1]! ^= high;
  }

  private round(): void {
    const v = this.v;
    add(v, 0, 2);
    add(v, 4, 6);
    rotateAndMix(v, 2, 13, 0);
    rotateAndMix(v, 6, 16, 4);
    swap(v, 0);
    add(v, 4, 2);
    add(v, 0, 6);
    rotateAndMix(v, 2, 17, 4);
    rotateAndMix(v, 6, 21, 0);
    swap(v, 4);
  }
}

/** Four bytes as they count in the word; those behind the end are 0. */
function half(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** The word at `to` plus the one at `from`. */
function add(v: Int32Array, to: number, from: number): void {
  const low = (v[to]! >>> 0) + (v[from]! >>> 0);
  v[to] = low | 0;
  v[to + 1] = (v[to + 1]! + v[from + 1]! + (low > 0xffffffff ? 1 : 0)) | 0;
}

/** The word at `at`, rotated left by fewer than 32 bits, xor the one at `other`. */
function rotateAndMix(v: Int32Array, at: number, bits: number, other: number): void {
  const low = v[at]!;
  const high = v[at + 1]!;
  v[at] = ((low << bits) | (high >>> (32 - bits))) ^ v[other]!;
  v[at + 1] = ((high << bits) | (low >>> (32 - bits))) ^ v[other + 1]!;
}

/** Rotates a word by 32 bits. */
function swap(v: Int32Array, at: number): void {
  const low = v[at]!;
  v[at] = v[at + 1]!;
  v[at + 1] = low;
}
