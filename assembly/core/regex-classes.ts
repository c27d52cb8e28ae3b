import { RegexPositions } from "./regex-positions";

/** Characters that a pattern may tell apart; they are numbered in a byte. */
export const MAX_CLASSES: i32 = 255;

/** Groups the characters that all positions of a pattern treat alike, so that there is less to look up by. */
@final
export class RegexClasses {
  /** In row c the positions that take characters of class c. */
  readonly takers: u64[] = [];
  /** Number of classes. */
  count: i32 = 0;
  /** The class of each character of ASCII. */
  private readonly ofAscii: StaticArray<u8> = new StaticArray<u8>(128);
  /** The first characters of ranges beyond ASCII, ascending, and the class of each range. */
  private readonly starts: i32[] = [0x80];
  private readonly ofRange: i32[] = [];

  /** For configure: allocates. */
  constructor(positions: RegexPositions) {
    positions.collectStarts(this.starts);
    for (let character = 0; character < 128; character++) {
      unchecked((this.ofAscii[character] = <u8>this.findOrAdd(positions, character)));
    }
    for (let i = 0; i < this.starts.length; i++)
      this.ofRange.push(this.findOrAdd(positions, unchecked(this.starts[i])));
  }

  /** Whether there are more than can be numbered; then the classes are wrong. */
  get tooMany(): bool {
    return this.count > MAX_CLASSES;
  }

  // @ts-ignore: decorator
  @inline
  classOfAscii(byte: u8): i32 {
    return unchecked(this.ofAscii[byte & 0x7f]);
  }

  /** @param character beyond ASCII. Takes logarithmic time. Allocates: nothing. */
  classBeyond(character: i32): i32 {
    let from = 0;
    let end = this.starts.length;
    while (end - from > 1) {
      const middle = (from + end) >> 1;
      if (unchecked(this.starts[middle]) <= character) from = middle;
      else end = middle;
    }
    return unchecked(this.ofRange[from]);
  }

  private findOrAdd(positions: RegexPositions, character: i32): i32 {
    const width = positions.width;
    const rows = this.takers;
    const added = rows.length;
    for (let i = 0; i < width; i++) rows.push(0);
    for (let p = 1; p < positions.count; p++) {
      if (positions.takes(p, character)) unchecked((rows[added + (p >> 6)] |= (<u64>1) << (p & 63)));
    }
    const index = this.find(added, width);
    if (index < this.count) rows.length = added;
    else this.count++;
    return index;
  }

  /** Index of the first row that is as the one that begins at `wanted`. */
  private find(wanted: i32, width: i32): i32 {
    const data = this.takers.dataStart;
    const bytes = (<usize>width) << 3;
    let row: usize = 0;
    const last = (<usize>wanted) << 3;
    while (row < last && memory.compare(data + row, data + last, bytes) != 0) row += bytes;
    return <i32>(row / bytes);
  }
}
