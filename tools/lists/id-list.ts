import { readIdEntry } from "./id-text.js";

/** Different ids that a plugin's list may have, ranges not counted, and ranges, after those that touch are joined. */
const MAX_IDS = 1_000_000;
const MAX_RANGES = 10_000;

export interface IdRange {
  low: bigint;
  high: bigint;
}

/** What became of an entry. */
export type Taken = "added" | "repeated" | { problem: string };

/** Collects the entries of one list. */
export class IdList {
  private readonly seen = new Set<string>();
  private readonly numbers: bigint[] = [];
  /** The ids that are no numbers, each once, as they came. */
  readonly texts: string[] = [];
  private readonly ranges: IdRange[] = [];

  /** Entries that were added. */
  get size(): number {
    return this.seen.size;
  }

  add(text: string): Taken {
    const entry = readIdEntry(text);
    if ("problem" in entry) return entry;
    if (this.seen.has(text)) return "repeated";
    this.seen.add(text);
    if (entry.kind === "number") this.numbers.push(entry.number);
    else if (entry.kind === "text") this.texts.push(entry.text);
    else this.ranges.push(entry);
    return "added";
  }

  /** Why no plugin takes the list. */
  sizeProblem(): string | undefined {
    const ids = this.texts.length + this.numbers.length;
    if (ids > MAX_IDS) return `${ids} ids are too many; a list has at most ${MAX_IDS}, ranges not counted`;
    const ranges = this.joinedRanges().length;
    return ranges > MAX_RANGES ? `${ranges} ranges are too many; a list has at most ${MAX_RANGES}` : undefined;
  }

  /** The numbers that are in no range, in rising order, each once. */
  sortedNumbers(): BigUint64Array {
    const ranges = this.joinedRanges();
    const sorted = BigUint64Array.from(this.numbers).sort();
    if (ranges.length === 0) return sorted;
    let next = 0;
    return sorted.filter((number) => {
      while (next < ranges.length && ranges[next]!.high < number) next++;
      return next === ranges.length || ranges[next]!.low > number;
    });
  }

  /** The ranges in rising order, with a number between each two that is in none. */
  joinedRanges(): IdRange[] {
    const joined: IdRange[] = [];
    for (const { low, high } of this.ranges.sort((one, other) => (one.low < other.low ? -1 : 1))) {
      const last = joined.at(-1);
      if (!last || low > last.high + 1n) joined.push({ low, high });
      else if (high > last.high) last.high = high;
    }
    return joined;
  }
}
