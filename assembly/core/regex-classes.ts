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
    const bytes = (<usize>positions.follow.width) << 3;
    this.takers.length = (this.count + 1) * positions.follow.width;
    const rows = this.takers.dataStart;
    const added = rows + <usize>this.count * bytes;
    memory.fill(added, 0, bytes);
    positions.markTakers(character, added);
    let row = rows;
    while (memory.compare(row, added, bytes) != 0) row += bytes;
    const index = <i32>((row - rows) / bytes);
    if (index == this.count) this.count++;
    return index;
  }
}
