/**
 * The compact form of a list of ids, in which it travels inside a configuration: 2 bytes an id for numbers of which every
 * hundredth exists, 5 for names. The tool writes it (tools/lists). Integers are little-endian.
 *
 *   0    version, 1
 *   1    low bits of the codes of: numbers, hashes, gaps between ranges, lengths of ranges
 *   5    how many: numbers, hashes, ranges; u32 each
 *   17   the key of the hashes, two u64
 *   33   numbers, hashes and ranges, each sort in rising order, as Golomb-Rice codes of the gaps before them; of a range
 *        also its length. Gap and length are less by as much as they are at least.
 *   -8   SipHash-1-3 of all before under the key 0, 0: tells damage, not forgery
 */
import { IdEntry, IdSet, MAX_IDS } from "./id-set";
import { MAX_RANGES } from "./id-ranges";
import { MAX_RICE_BITS, RiceReader } from "./rice-reader";
import { sipHash13 } from "./siphash";

// @ts-ignore: decorator
@inline
const VERSION: u8 = 1;
// @ts-ignore: decorator
@inline
const HEAD: i32 = 33;
// @ts-ignore: decorator
@inline
const CHECKSUM: i32 = 8;
// @ts-ignore: decorator
@inline
const HASH_END: u64 = 1 << 60;

/** Reads one list. No bytes make it trap, or allocate more than a list of their size needs. */
@final
export class IdDecoder {
  /** What is wrong; empty when nothing is. */
  problem: string = "";
  private codes: RiceReader = new RiceReader(0, 0);

  /** The set of the ids in the `length` bytes at `ptr`; null, and `problem`, when they are none. Only at configure: allocates. */
  decode(ptr: usize, length: i32): IdSet | null {
    this.problem = problemOf(ptr, length);
    if (this.problem.length > 0) return null;
    this.codes = new RiceReader(ptr + HEAD, length - HEAD - CHECKSUM);
    const numbers = load<u32>(ptr, 5);
    const hashes = load<u32>(ptr, 9);
    const ids = new IdSet(numbers + hashes, load<u64>(ptr, 17), load<u64>(ptr, 25));
    const isWhole =
      this.readNumbers(ids, numbers, load<u8>(ptr, 1)) &&
      this.readHashes(ids, hashes, load<u8>(ptr, 2)) &&
      this.readRanges(ids, load<u32>(ptr, 13), load<u8>(ptr, 3), load<u8>(ptr, 4)) &&
      this.codes.isAtEnd;
    if (isWhole) return ids;
    this.problem = DAMAGED;
    return null;
  }

  private readNumbers(ids: IdSet, count: u32, bits: u8): bool {
    let next: u64 = 0;
    for (let i: u32 = 0; i < count; i++) {
      next += this.codes.next(bits);
      if (!this.codes.ok || ids.addNumber(next) != IdEntry.Added) return false;
      next++;
    }
    return true;
  }

  private readHashes(ids: IdSet, count: u32, bits: u8): bool {
    let next: u64 = 0;
    for (let i: u32 = 0; i < count; i++) {
      next += this.codes.next(bits);
      if (!this.codes.ok || next >= HASH_END || ids.addHash(next) != IdEntry.Added) return false;
      next++;
    }
    return true;
  }

  private readRanges(ids: IdSet, count: u32, gapBits: u8, lengthBits: u8): bool {
    let next: u64 = 0;
    for (let i: u32 = 0; i < count; i++) {
      const low = next + this.codes.next(gapBits);
      const high = low + this.codes.next(lengthBits);
      if (!this.codes.ok || ids.addRange(low, high) != IdEntry.Added) return false;
      next = high + 2;
    }
    return true;
  }
}

const DAMAGED: string = "the encoded list is damaged; encode it anew";

/** What the head and the sum tell. */
function problemOf(ptr: usize, length: i32): string {
  if (length < HEAD + CHECKSUM) return DAMAGED;
  const version = load<u8>(ptr);
  if (version != VERSION) return `expected an encoded list of form ${VERSION}, not ${version}; encode it anew`;
  const sum = load<u64>(ptr + <usize>(length - CHECKSUM));
  if (sum != sipHash13(ptr, length - CHECKSUM, 0, 0)) return DAMAGED;
  const ids = <u64>load<u32>(ptr, 5) + <u64>load<u32>(ptr, 9);
  const ranges = <u64>load<u32>(ptr, 13);
  if (ids > <u64>MAX_IDS || ranges > <u64>MAX_RANGES) return `expected at most ${MAX_IDS} ids and ${MAX_RANGES} ranges`;
  // Each code has a bit and its low bits at least: what is allocated is what was sent.
  if (ids + 2 * ranges > (<u64>(length - HEAD - CHECKSUM)) << 3) return DAMAGED;
  for (let i = 1; i <= 4; i++) if (<i32>load<u8>(ptr + i) > MAX_RICE_BITS) return DAMAGED;
  return "";
}
