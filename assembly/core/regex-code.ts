/** What an instruction does; its argument stands above these two bits. */
export const enum RegexOp {
  /** Takes one character of the set with this number. */
  Take,
  /** Goes on both with the next instruction and with the one that is so many further. */
  Split,
  /** Goes on with the instruction that is so many further. */
  Jump,
  /** Goes on if what is before and after this place is one of these pairs; see `Look`. */
  Look,
}

/**
 * Pairs of `Kind` before and after a place: bit `4 * before + after`.
 * At `begin` and `end` of the text or of a line, at the edge of a word or not.
 */
export const enum Look {
  Begin = 0x000f,
  BeginLine = 0x00ff,
  End = 0x1111,
  EndLine = 0x3333,
  WordEdge = 0x4b44,
  NoWordEdge = 0xb4bb,
}

/** Instructions that a pattern may have. */
// @ts-ignore: decorator
@inline
const MAX_INSTRUCTIONS: i32 = 4096;

/**
 * What a pattern does, as a Thompson automaton written out: it holds when the end is reached with the whole text taken.
 * Instructions name others by their distance, so that a block of them may be moved and repeated.
 * Source: Thompson, "Regular Expression Search Algorithm" (1968), in the form of Cox, "Regular Expression Matching: the
 * Virtual Machine Approach" (2009). For configure: allocates.
 */
@final
export class RegexCode {
  /** Each `argument << 2 | op`. */
  readonly instructions: i32[] = [];
  /** Whether it became too large; then what is in it is of no use. */
  tooLarge: bool = false;

  get length(): i32 {
    return this.instructions.length;
  }

  op(at: i32): RegexOp {
    return this.instructions[at] & 3;
  }

  argument(at: i32): i32 {
    return this.instructions[at] >> 2;
  }

  push(op: RegexOp, argument: i32): void {
    if (this.length < MAX_INSTRUCTIONS) this.instructions.push((argument << 2) | op);
    else this.tooLarge = true;
  }

  /** Makes what is from `from` on one of two ways. @returns where the jump over the other way is, for `join`. */
  branch(from: i32): i32 {
    this.insertSplit(from, this.length - from + 2);
    this.push(RegexOp.Jump, 0);
    return this.length - 1;
  }

  /** Ends the other way. */
  join(jump: i32): void {
    if (!this.tooLarge) this.instructions[jump] = ((this.length - jump) << 2) | RegexOp.Jump;
  }

  /** Repeats what is from `from` on, at least `least` times and at most `most`; -1: any number of times. */
  repeat(from: i32, least: i32, most: i32): void {
    const block = this.instructions.slice(from);
    this.instructions.length = from;
    for (let i = 0; i < least; i++) this.append(block);
    if (most < 0) return this.loop(block, least);
    for (let left = most - least; left > 0 && !this.tooLarge; left--) {
      this.push(RegexOp.Split, block.length + 1);
      this.append(block);
    }
  }

  /** Lets the block that was appended last be repeated, or appends one that may be left out. */
  private loop(block: i32[], times: i32): void {
    const length = block.length;
    if (times > 0) return this.push(RegexOp.Split, -length);
    this.push(RegexOp.Split, length + 2);
    this.append(block);
    this.push(RegexOp.Jump, -length - 1);
  }

  private append(block: i32[]): void {
    if (this.length + block.length > MAX_INSTRUCTIONS) this.tooLarge = true;
    else for (let i = 0; i < block.length; i++) this.instructions.push(block[i]);
  }

  private insertSplit(at: i32, argument: i32): void {
    this.push(RegexOp.Split, 0);
    const instructions = this.instructions;
    for (let i = instructions.length - 1; i > at; i--) instructions[i] = instructions[i - 1];
    if (!this.tooLarge) instructions[at] = (argument << 2) | RegexOp.Split;
  }
}
