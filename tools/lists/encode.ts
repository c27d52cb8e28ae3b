import { createHash } from "node:crypto";
import type { IdList, IdRange } from "./id-list.js";
import { MAX_ID_BYTES } from "./id-text.js";
import { bestBits, RiceWriter } from "./rice-writer.js";
import { type HashKey, SipHash } from "./siphash.js";

const VERSION = 1;
const HEAD = 33;
const CHECKSUM = 8;
const NO_KEY: HashKey = { key0: 0n, key1: 0n };
/** Of a hash 60 bits are kept. */
const HIGH_MASK = 0x0fffffff;

/** The compact form of a list in base64: the same for the same ids. Its layout stands in assembly/core/id-codec.ts. */
export function encodeIds(list: IdList): string {
  const { texts } = list;
  const key = texts.length > 0 ? keyOf(texts) : NO_KEY;
  const parts = [gaps(list.sortedNumbers()), gaps(hashesOf(texts, key)), ...rangeParts(list.joinedRanges())];
  const bits = parts.map(bestBits);
  const codes = codesOf(parts, bits);
  const bytes = Buffer.alloc(HEAD + codes.length + CHECKSUM);
  bytes.set([VERSION, ...bits]);
  for (const [i, part] of parts.slice(0, 3).entries()) bytes.writeUInt32LE(part.length, 5 + 4 * i);
  bytes.writeBigUInt64LE(key.key0, 17);
  bytes.writeBigUInt64LE(key.key1, 25);
  bytes.set(codes, HEAD);
  const { low, high } = new SipHash(NO_KEY).hash(bytes.subarray(0, -CHECKSUM));
  bytes.writeUInt32LE(low, bytes.length - 8);
  bytes.writeUInt32LE(high, bytes.length - 4);
  return bytes.toString("base64");
}

/** A key that nobody knows who does not know the list. In which order its texts stand does not count. */
function keyOf(texts: readonly string[]): HashKey {
  const digest = createHash("sha256").update(hashesOf(texts, NO_KEY)).digest();
  return { key0: digest.readBigUInt64LE(0), key1: digest.readBigUInt64LE(8) };
}

/** In rising order, each once. */
function hashesOf(texts: readonly string[], key: HashKey): BigUint64Array {
  const hashes = new BigUint64Array(texts.length);
  const halves = new Uint32Array(hashes.buffer);
  const hash = new SipHash(key);
  const bytes = Buffer.alloc(MAX_ID_BYTES);
  for (const [i, text] of texts.entries()) {
    const { low, high } = hash.hash(bytes.subarray(0, bytes.write(text)));
    halves[2 * i] = low;
    halves[2 * i + 1] = high & HIGH_MASK;
  }
  hashes.sort();
  return hashes.filter((word, i) => i === 0 || word !== hashes[i - 1]);
}

/** Numbers in rising order as the numbers between each and the one before. */
function gaps(numbers: BigUint64Array): bigint[] {
  let next = 0n;
  return Array.from(numbers, (number) => {
    const gap = number - next;
    next = number + 1n;
    return gap;
  });
}

function rangeParts(ranges: readonly IdRange[]): [gaps: bigint[], lengths: bigint[]] {
  let next = 0n;
  const before = ranges.map(({ low, high }) => {
    const gap = low - next;
    next = high + 2n;
    return gap;
  });
  return [before, ranges.map(({ low, high }) => high - low)];
}

function codesOf(parts: readonly bigint[][], bits: readonly number[]): Uint8Array {
  const writer = new RiceWriter();
  const [numbers = [], hashes = [], rangeGaps = [], lengths = []] = parts;
  const [ofNumbers = 0, ofHashes = 0, ofGaps = 0, ofLengths = 0] = bits;
  for (const gap of numbers) writer.write(gap, ofNumbers);
  for (const gap of hashes) writer.write(gap, ofHashes);
  for (const [i, gap] of rangeGaps.entries()) {
    writer.write(gap, ofGaps);
    writer.write(lengths[i]!, ofLengths);
  }
  return writer.finish();
}
