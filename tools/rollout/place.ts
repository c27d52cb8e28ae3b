import { SipHash } from "../lists/siphash.js";

/** Places that proxies are dealt to: hundredths of a percent. */
const PLACES = 10_000;
/** Bytes of a node id that count, besides its length. */
const MAX_BYTES = 1024;

/**
 * Deals proxies out as the plugins do (assembly/core/percent.ts): each has a fixed place under one salt, and a share of p %
 * takes the places below p * 100.
 */
export class Places {
  private readonly key0: bigint;
  private readonly key1: bigint;

  constructor(salt: string) {
    const bytes = Buffer.from(salt);
    this.key0 = number(new SipHash({ key0: 0n, key1: 0n }).hash(bytes));
    this.key1 = number(new SipHash({ key0: 0n, key1: 1n }).hash(bytes));
  }

  /** The place of a proxy, 0 to 9999. */
  place(nodeId: string): number {
    const bytes = Buffer.from(nodeId);
    const hash = new SipHash({ key0: this.key0, key1: this.key1 ^ BigInt(bytes.length) });
    return Number(number(hash.hash(bytes.subarray(0, MAX_BYTES))) % BigInt(PLACES));
  }

  /** Whether a proxy is in a share of so many percent. */
  isWithin(nodeId: string, percent: number): boolean {
    return this.place(nodeId) < Math.round(percent * 100);
  }
}

function number({ low, high }: { low: number; high: number }): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
