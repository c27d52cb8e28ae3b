/**
 * A set of ids (user ids from an allow list), for one lookup per request. The ids are not kept, but one word for each:
 *
 *   1000 | number:60   the decimal number that the id is: up to 18 digits, no leading zero; exact
 *   0000 | hash:60     any other id: its keyed hash; of 10^12 ids that are not among a million, fewer than one seems to be
 *
 * A bijection under a key spreads the words before they go into a `WordSet`, so that neighbouring numbers do not crowd, and
 * nobody without the key can choose ids that do.
 */
import { IdRanges } from "./id-ranges";
import { IdEntry, MAX_ID_BYTES, MAX_ID_NUMBER, numberAt, rangeDash, textProblemOf } from "./id-text";
import { sipHash13 } from "./siphash";
import { WordSet } from "./word-set";

export { IdEntry, MAX_ID_BYTES } from "./id-text";

/** Ids in one set at most, ranges not counted; more would make false positives likelier than 10^-12. */
// @ts-ignore: decorator
@inline
export const MAX_IDS: i32 = 1_000_000;

// @ts-ignore: decorator
@inline
const NUMBER: u64 = 1 << 63;
// @ts-ignore: decorator
@inline
const HASH_BITS: u64 = (1 << 60) - 1;
/** No word has this bit, so that none equals the key that it is spread by, and none becomes 0. */
// @ts-ignore: decorator
@inline
const UNUSED: u64 = 1 << 62;


@final
export class IdSet {
  private readonly words: WordSet;
  private readonly spreadKey: u64;
  private readonly ranges: IdRanges = new IdRanges();

  /**
   * @param capacity how many ids will be added at most, up to MAX_IDS, ranges not counted. @param key0 @param key1 of the
   * hash. Allocates 9 bytes an id, and nothing later, but for ranges.
   */
  constructor(
    capacity: i32,
    private readonly key0: u64,
    private readonly key1: u64,
  ) {
    this.words = new WordSet(min(max(capacity, 0), MAX_IDS));
    this.spreadKey = key0 | UNUSED;
  }

  /** How many ids it has room for, ranges not counted. */
  get capacity(): i32 {
    return this.words.capacity;
  }

  /** Takes all ids and ranges out; the memory stays, for others. Allocates: nothing. */
  clear(): void {
    this.words.clear();
    this.ranges.clear();
  }

  /** Different ids in the set, those in ranges not counted. */
  get size(): i32 {
    return this.words.size;
  }

  /** Ranges in the set, after those that touch have been joined. */
  get rangeCount(): i32 {
    return this.ranges.count;
  }

  /** Adds a line of a list: an id, or a range of numbers such as 1000-1999. */
  addText(ptr: usize, length: i32): IdEntry {
    const problem = textProblemOf(ptr, length);
    if (problem != IdEntry.Added) return problem;
    const dash = rangeDash(ptr, length);
    if (dash == 0) return this.addWord(this.wordOf(ptr, length));
    const low = numberAt(ptr, dash);
    const high = numberAt(ptr + <usize>dash + 1, length - dash - 1);
    return low < 0 || high < low ? IdEntry.BadRange : this.addRange(low, high);
  }

  /** Adds the id in `length` bytes at `ptr` as it is; false when it is empty, too long, or more than the capacity. */
  add(ptr: usize, length: i32): bool {
    if (length <= 0 || length > MAX_ID_BYTES) return false;
    return this.addWord(this.wordOf(ptr, length)) <= IdEntry.Repeated;
  }

  /** @param number up to 18 digits. */
  addNumber(number: i64): IdEntry {
    return <u64>number > MAX_ID_NUMBER ? IdEntry.BadText : this.addWord(NUMBER | number);
  }

  /** Adds an id by the low 60 bits of its SipHash-1-3 under this set's key. */
  addHash(hash: u64): IdEntry {
    return this.addWord(hash & HASH_BITS);
  }

  /** Adds the numbers from `low` to `high`, both included, of up to 18 digits. Allocates now and then. */
  addRange(low: i64, high: i64): IdEntry {
    if (low < 0 || high < low || <u64>high > MAX_ID_NUMBER) return IdEntry.BadRange;
    return this.ranges.add(low, high) ? IdEntry.Added : IdEntry.Full;
  }

  /** Whether the id is in the set. Allocates: nothing. */
  has(ptr: usize, length: i32): bool {
    if (length <= 0 || length > MAX_ID_BYTES) return false;
    const word = this.wordOf(ptr, length);
    if ((word & NUMBER) != 0 && this.ranges.has(word ^ NUMBER)) return true;
    return this.words.has(this.spread(word));
  }

  private wordOf(ptr: usize, length: i32): u64 {
    const number = numberAt(ptr, length);
    return number >= 0 ? NUMBER | number : sipHash13(ptr, length, this.key0, this.key1) & HASH_BITS;
  }

  private addWord(word: u64): IdEntry {
    const spread = this.spread(word);
    if (this.words.has(spread)) return IdEntry.Repeated;
    return this.words.add(spread) ? IdEntry.Added : IdEntry.Full;
  }

  /** Never 0. Source: the finaliser of MurmurHash3 (Appleby). */
  private spread(word: u64): u64 {
    word ^= this.spreadKey;
    word = (word ^ (word >> 33)) * 0xff51afd7ed558ccd;
    word = (word ^ (word >> 33)) * 0xc4ceb9fe1a85ec53;
    return word ^ (word >> 33);
  }
}
