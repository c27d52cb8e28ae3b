/** Ranges of numbers, sorted and apart from each other: 16 bytes a range, found in the logarithm of their number. */

/** Ranges at most, after those that touch have been joined: bounds the time of adding them in the worst order. */
// @ts-ignore: decorator
@inline
export const MAX_RANGES: i32 = 10_000;


@final
export class IdRanges {
  /** Low end and high end, both included, of each range; in rising order, with a number between each two in no range. */
  private ends: StaticArray<u64> = new StaticArray<u64>(0);
  count: i32 = 0;

  /** Whether a range has the number. Allocates: nothing. */
  has(number: u64): bool {
    const index = this.firstEndingFrom(number);
    return index < this.count && unchecked(this.ends[2 * index]) <= number;
  }

  /** Takes all ranges out; the memory stays. Allocates: nothing. */
  clear(): void {
    this.count = 0;
  }

  /**
   * Adds the numbers from `low` to `high`, which must be no less, and below 2^63; false when there are too many ranges.
   * Allocates now and then.
   */
  add(low: u64, high: u64): bool {
    const ends = this.ends;
    // Those from `first` until before `after` touch the new one, which takes their place.
    const first = this.firstEndingFrom(low == 0 ? 0 : low - 1);
    let after = first;
    while (after < this.count && unchecked(ends[2 * after]) <= high + 1) after++;
    if (after > first) {
      low = min(low, unchecked(ends[2 * first]));
      high = max(high, unchecked(ends[2 * after - 1]));
    }
    if (after == first && this.count == MAX_RANGES) return false;
    this.replace(first, after, low, high);
    return true;
  }

  /** Puts one range in the place of those from `first` until before `after`. */
  private replace(first: i32, after: i32, low: u64, high: u64): void {
    if (this.count == this.ends.length >> 1) this.grow();
    const base = changetype<usize>(this.ends);
    const rest = (<usize>(this.count - after)) << 4;
    memory.copy(base + ((<usize>first + 1) << 4), base + ((<usize>after) << 4), rest);
    this.ends[2 * first] = low;
    this.ends[2 * first + 1] = high;
    this.count += first + 1 - after;
  }

  private grow(): void {
    const larger = new StaticArray<u64>(max(16, 2 * this.ends.length));
    memory.copy(changetype<usize>(larger), changetype<usize>(this.ends), (<usize>this.count) << 4);
    this.ends = larger;
  }

  /** Index of the first range whose high end is `number` or more; the count when there is none. */
  private firstEndingFrom(number: u64): i32 {
    const ends = this.ends;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1; // both are below 2^15
      if (unchecked(ends[2 * middle + 1]) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
