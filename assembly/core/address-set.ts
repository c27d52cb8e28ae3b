import { ByteView } from "./bytes";
import { Cidr } from "./cidr";

/**
 * Ranges of one family in the order of their first addresses. Of two ranges with an address in common one is inside the
 * other, and is left out; so at most one range can have an address: the last that begins at or before it.
 */
@final
class Ranges {
  private readonly firstHigh: StaticArray<u64>;
  private readonly firstLow: StaticArray<u64>;
  private readonly lastHigh: StaticArray<u64>;
  private readonly lastLow: StaticArray<u64>;
  private count: i32 = 0;

  constructor(ranges: Cidr[]) {
    this.firstHigh = new StaticArray<u64>(ranges.length);
    this.firstLow = new StaticArray<u64>(ranges.length);
    this.lastHigh = new StaticArray<u64>(ranges.length);
    this.lastLow = new StaticArray<u64>(ranges.length);
    // A range stands before those inside it.
    ranges.sort((a, b) => compare(a.high, a.low, b.high, b.low) || a.bits - b.bits);
    for (let i = 0; i < ranges.length; i++) if (!this.has(ranges[i].high, ranges[i].low)) this.add(ranges[i]);
  }

  private add(range: Cidr): void {
    const index = this.count++;
    this.firstHigh[index] = range.high;
    this.firstLow[index] = range.low;
    this.lastHigh[index] = range.high | onesAfter(range.bits);
    this.lastLow[index] = range.low | onesAfter(range.bits - 64);
  }

  /** Takes a number of steps that grows with the logarithm of that of the ranges. Allocates: nothing. */
  has(high: u64, low: u64): bool {
    let from = 0;
    let end = this.count;
    while (from < end) {
      const middle = (from + end) >> 1;
      if (compare(unchecked(this.firstHigh[middle]), unchecked(this.firstLow[middle]), high, low) > 0) end = middle;
      else from = middle + 1;
    }
    if (from == 0) return false;
    return compare(high, low, unchecked(this.lastHigh[from - 1]), unchecked(this.lastLow[from - 1])) <= 0;
  }
}

/** A set of IP addresses, given as ranges. Those of one family never have addresses of the other: `::/0` is all IPv6. */
@final
export class AddressSet {
  private readonly ipv4: Ranges;
  private readonly ipv6: Ranges;

  /** @param ranges without problems. Allocates. */
  constructor(ranges: Cidr[]) {
    const ipv4: Cidr[] = [];
    const ipv6: Cidr[] = [];
    for (let i = 0; i < ranges.length; i++) (ranges[i].family == 4 ? ipv4 : ipv6).push(ranges[i]);
    this.ipv4 = new Ranges(ipv4);
    this.ipv6 = new Ranges(ipv6);
  }

  /** Whether the address is in the set; 16 bytes as `parseAddress` writes them. Allocates: nothing. */
  has(address: ByteView): bool {
    const high = bswap<u64>(load<u64>(address.ptr));
    const low = bswap<u64>(load<u64>(address.ptr, 8));
    const isMapped = high == 0 && low >> 32 == 0xffff;
    return isMapped ? this.ipv4.has(high, low) : this.ipv6.has(high, low);
  }
}

/** Ones after the first `bits` of a word of 64; `bits` may be less than 0 or more than 64. */
function onesAfter(bits: i32): u64 {
  if (bits >= 64) return 0;
  return bits <= 0 ? u64.MAX_VALUE : u64.MAX_VALUE >> (<u64>bits);
}

function compare(high: u64, low: u64, otherHigh: u64, otherLow: u64): i32 {
  if (high != otherHigh) return high < otherHigh ? -1 : 1;
  return low < otherLow ? -1 : i32(low > otherLow);
}
