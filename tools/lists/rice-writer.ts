/** Low bits at most, and ones that announce a number written out: as in assembly/core/rice-reader.ts. */
const MAX_BITS = 56;
const ESCAPE = 24;
const WRITTEN_OUT = 60;

/** Writes Golomb-Rice codes; their form stands in assembly/core/rice-reader.ts. */
export class RiceWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;
  private pending = 0;
  private pendingBits = 0;

  /** Writes one number below 2^60. */
  write(value: bigint, bits: number): void {
    const high = value >> BigInt(bits);
    if (high >= BigInt(ESCAPE)) {
      this.push((1 << ESCAPE) - 1, ESCAPE);
      this.pushWide(value, WRITTEN_OUT);
      return;
    }
    this.push((1 << Number(high)) - 1, Number(high) + 1);
    this.pushWide(value, bits);
  }

  /** All that was written, filled up to a whole byte. */
  finish(): Uint8Array {
    if (this.pendingBits > 0) this.push(0, 8 - this.pendingBits);
    return this.bytes.subarray(0, this.length);
  }

  private pushWide(value: bigint, bits: number): void {
    if (bits <= 24) return this.push(Number(BigInt.asUintN(bits, value)), bits);
    for (let done = 0; done < bits; done += 20) {
      const count = Math.min(20, bits - done);
      this.push(Number(BigInt.asUintN(count, value >> BigInt(done))), count);
    }
  }

  /** @param count up to 24. */
  private push(value: number, count: number): void {
    this.pending |= value << this.pendingBits; // up to 7 bits are pending: 31 in all
    this.pendingBits += count;
    while (this.pendingBits >= 8) {
      if (this.length === this.bytes.length) this.grow();
      this.bytes[this.length++] = this.pending;
      this.pending >>>= 8;
      this.pendingBits -= 8;
    }
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.bytes.length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/**
 * With how many low bits the numbers become shortest, or nearly so: numbers of as many binary digits are taken to be 1.5
 * times the smallest of them.
 */
export function bestBits(values: readonly bigint[]): number {
  const ofLength = new Array<number>(64).fill(0);
  for (const value of values) ofLength[lengthOf(value)]! += 1;
  const costs = Array.from({ length: MAX_BITS + 1 }, (_, bits) => {
    const ofOne = (length: number): number => {
      const high = length <= bits ? 0 : 1.5 * 2 ** (length - 1 - bits);
      return high < ESCAPE ? high + 1 + bits : ESCAPE + WRITTEN_OUT;
    };
    return ofLength.reduce((sum, count, length) => sum + count * ofOne(length), 0);
  });
  return costs.indexOf(Math.min(...costs));
}

function lengthOf(value: bigint): number {
  const high = Number(value >> 32n);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(Number(value));
}
