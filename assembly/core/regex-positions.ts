import { CharSet, Kind, kindOf } from "./regex-chars";
import { RegexCode, RegexOp } from "./regex-code";
import { MAX_WORDS, RegexRows } from "./regex-rows";

/** Characters that a pattern may have once its repetitions are written out. With `END` they fill a row of bits. */
export const MAX_POSITIONS: i32 = 64 * MAX_WORDS - 1;

/** Stands among the positions for the end of the pattern. */
// @ts-ignore: decorator
@inline
export const END: i32 = 0;

/**
 * The places of a pattern that take a character, numbered from 1 on, and which of them may come after which: a Glushkov
 * automaton.
 *
 * `^`, `$` and `\b` look at the kinds of two neighbours. In a pattern that has them, each position takes characters of
 * one kind only; so they are answered here, once and for all, and matching knows nothing of them.
 *
 * Source: Glushkov, "The abstract theory of automata" (1961). For configure: allocates.
 */
@final
export class RegexPositions {
  /** In row 0 what may come first, in row p what may come after position p. */
  follow: RegexRows;
  /** Of each position, the index of its set and the kind of what it takes; for `END` they are not used. */
  private readonly setOf: i32[] = [0];
  private readonly kindOf: i32[] = [Kind.Edge];
  /** The first position of each instruction, and one past the last. */
  private readonly firstOf: i32[] = [];
  private readonly looks: bool;

  constructor(
    code: RegexCode,
    private readonly sets: CharSet[],
  ) {
    let looks = false;
    for (let at = 0; at < code.length; at++) looks = looks || code.op(at) == RegexOp.Look;
    this.looks = looks;
    this.follow = new RegexRows(0, 0);
    for (let at = 0; at < code.length; at++) {
      this.firstOf.push(this.count);
      if (code.op(at) == RegexOp.Take) this.add(code.argument(at));
    }
    this.firstOf.push(this.count);
    if (!this.tooMany) this.connect(code);
  }

  /** With `END`. */
  get count(): i32 {
    return this.setOf.length;
  }

  /** Whether they are too many; then there is no `follow`. */
  get tooMany(): bool {
    return this.count > MAX_POSITIONS + 1;
  }

  /** Marks the positions that take the character in the row at `row`, which is all 0. */
  markTakers(character: i32, row: usize): void {
    const sets = this.sets;
    const takes = new StaticArray<u8>(sets.length);
    for (let i = 0; i < sets.length; i++) unchecked((takes[i] = <u8>unchecked(sets[i]).has(character)));
    const kind = kindOf(character);
    for (let p = 1; p < this.count; p++) {
      const right = !this.looks || unchecked(this.kindOf[p]) == kind;
      if (!right || !unchecked(takes[this.setOf[p]])) continue;
      const word = row + (((<usize>p) >> 6) << 3);
      store<u64>(word, load<u64>(word) | ((<u64>1) << (p & 63)));
    }
  }

  /** Adds to `starts` where beyond ASCII it may begin to matter which character it is; see `CharSet.collectStarts`. */
  collectStarts(starts: i32[]): void {
    for (let i = 0; i < this.sets.length; i++) unchecked(this.sets[i]).collectStarts(starts);
  }

  private add(set: i32): void {
    for (let kind = this.looks ? Kind.Newline : Kind.Other; kind <= Kind.Other; kind++) {
      if (this.looks && !this.sets[set].mayHave(kind)) continue;
      this.setOf.push(set);
      this.kindOf.push(kind);
    }
  }

  private connect(code: RegexCode): void {
    this.follow = new RegexRows(this.count, (this.count + 63) >> 6);
    const walk = new Walk(code);
    this.connectOne(walk, END, 0);
    for (let at = 0; at < code.length; at++) {
      for (let p = this.firstOf[at]; p < this.firstOf[at + 1]; p++) this.connectOne(walk, p, at + 1);
    }
  }

  /** Fills the row of position `p`, which is before instruction `from`. */
  private connectOne(walk: Walk, p: i32, from: i32): void {
    // Without looks there are two kinds only, and it does not matter what is before.
    for (let after = Kind.Edge; after <= Kind.Other; after += this.looks ? 1 : Kind.Other) {
      const reached = walk.reach(from, (this.kindOf[p] << 2) | after);
      for (let i = 0; i < reached.length; i++) {
        const at = unchecked(reached[i]);
        const end = at == this.firstOf.length - 1;
        if (end && after == Kind.Edge) this.follow.mark(p, END);
        for (let q = unchecked(this.firstOf[at]); !end && q < unchecked(this.firstOf[at + 1]); q++) {
          if (unchecked(this.kindOf[q]) == after) this.follow.mark(p, q);
        }
      }
    }
  }
}

/** Goes from instruction to instruction where no character is taken. */
@final
class Walk {
  private readonly seen: StaticArray<i32>;
  private readonly pending: i32[] = [];
  private readonly reached: i32[] = [];
  private round: i32 = 0;

  constructor(private readonly code: RegexCode) {
    this.seen = new StaticArray<i32>(code.length + 1);
  }

  /**
   * The instructions that take a character, and the code's length for its end, that can come next at `from`.
   * @param pair of kinds before and after, as a bit of `Look`. The array is good until the next call.
   */
  reach(from: i32, pair: i32): i32[] {
    this.round++;
    this.reached.length = 0;
    this.visit(from);
    while (this.pending.length > 0) this.step(this.pending.pop(), pair);
    return this.reached;
  }

  private step(at: i32, pair: i32): void {
    const code = this.code;
    const op = at < code.length ? code.op(at) : RegexOp.Take;
    if (op == RegexOp.Take) this.reached.push(at);
    else if (op == RegexOp.Jump) this.visit(at + code.argument(at));
    else if (op == RegexOp.Split || (code.argument(at) >> pair) & 1) this.visit(at + 1);
    if (op == RegexOp.Split) this.visit(at + code.argument(at));
  }

  private visit(at: i32): void {
    if (this.seen[at] == this.round) return;
    this.seen[at] = this.round;
    this.pending.push(at);
  }
}
