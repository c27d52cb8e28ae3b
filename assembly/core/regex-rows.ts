/** Words that a row may have; `filled` has a bit for each. */
// @ts-ignore: decorator
@inline
export const MAX_WORDS: i32 = 8;

/** Sets of positions: rows of `width` words with a bit for each position. */
@final
export class RegexRows {
  readonly words: StaticArray<u64>;
  /** Of each row, which words are not 0. */
  readonly filled: StaticArray<u8>;

  /** For configure: allocates. @param width at most `MAX_WORDS`. */
  constructor(
    rows: i32,
    readonly width: i32,
  ) {
    this.words = new StaticArray<u64>(rows * width);
    this.filled = new StaticArray<u8>(rows);
  }

  /** Both must be within the size that it was made with. */
  mark(row: i32, position: i32): void {
    const word = position >> 6;
    unchecked((this.words[row * this.width + word] |= (<u64>1) << (position & 63)));
    unchecked((this.filled[row] |= (<u8>1) << (<u8>word)));
  }
}
