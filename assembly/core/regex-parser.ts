// pattern    = sequence { "|" sequence }
// sequence   = { atom [ repetition [ "?" ] ] }
// repetition = "*" | "+" | "?" | "{" m [ "," [ n ] ] "}"
// atom       = character | escape | "." | "^" | "$" | "[" class "]" | "(" pattern ")" | "(?" flags ")"
//            | "(?" [ flags ] ":" pattern ")" | "(?" [ "P" ] "<" name ">" pattern ")"
import { CharSet } from "./regex-chars";
import { readBrackets, readPerlClass, refuseBeyondAscii } from "./regex-class";
import { Look, RegexCode, RegexOp } from "./regex-code";
import { GroupOpening, RegexFlag } from "./regex-group";
import { RegexReader } from "./regex-reader";

/** As RE2 has it. */
// @ts-ignore: decorator
@inline
const MAX_REPETITION: i32 = 1000;

/** Groups inside one another; bounds the recursion. */
// @ts-ignore: decorator
@inline
const MAX_DEPTH: i32 = 64;

/** Where code begins that may not be repeated. */
// @ts-ignore: decorator
@inline
const NOTHING: i32 = -1;

/**
 * Reads a pattern in RE2's syntax (https://github.com/google/re2/wiki/Syntax) by recursive descent, and writes code as
 * it goes. Never traps, whatever the pattern. For configure: allocates.
 */
@final
export class RegexParser {
  readonly code: RegexCode = new RegexCode();
  /** What `RegexOp.Take` names. */
  readonly sets: CharSet[] = [];
  readonly reader: RegexReader;
  private flags: i32 = 0;
  private depth: i32 = 0;
  /** How often to repeat; `most` is -1 when there is no end to it. */
  private least: i32 = 0;
  private most: i32 = 0;

  constructor(pattern: string) {
    const reader = new RegexReader(pattern);
    this.reader = reader;
    this.alternatives();
    if (!reader.ended) reader.fail(reader.at, 'expected "(" before ")"');
  }

  private alternatives(): void {
    const from = this.code.length;
    this.sequence();
    while (this.reader.take("|")) {
      const jump = this.code.branch(from);
      this.sequence();
      this.code.join(jump);
    }
  }

  private sequence(): void {
    const reader = this.reader;
    let from = NOTHING;
    for (let next = reader.peek(); next >= 0 && next != 0x7c /* | */ && next != 0x29 /* ) */; next = reader.peek()) {
      const begin = reader.at;
      if (this.repetition()) {
        this.repeat(begin, from);
        from = NOTHING;
      } else {
        from = this.atom();
      }
    }
  }

  /** @returns false when no repetition comes. */
  private repetition(): bool {
    const reader = this.reader;
    this.least = 0;
    this.most = -1;
    if (reader.take("*")) return true;
    if (reader.take("+")) this.least = 1;
    else if (reader.take("?")) this.most = 1;
    else return this.braces();
    return true;
  }

  /** Braces that hold no numbers stand for themselves. */
  private braces(): bool {
    const reader = this.reader;
    const begin = reader.at;
    if (!reader.take("{")) return false;
    this.least = this.most = reader.number();
    if (this.least >= 0) {
      if (reader.take(",")) this.most = reader.number();
      if (reader.take("}")) return true;
    }
    reader.at = begin;
    return false;
  }

  private repeat(begin: i32, from: i32): void {
    const reader = this.reader;
    // A lazy repetition finds another match first, but there is one if and only if there is one of the ordinary kind.
    reader.take("?");
    if (from == NOTHING) reader.fail(begin, "expected something to repeat before this");
    else if (max(this.least, this.most) > MAX_REPETITION)
      reader.fail(begin, `expected at most ${MAX_REPETITION} times`);
    else if (this.most >= 0 && this.most < this.least) reader.fail(begin, "expected the smaller number first");
    else this.code.repeat(from, this.least, this.most);
  }

  /** @returns where the code begins of what a repetition after it repeats. */
  private atom(): i32 {
    const reader = this.reader;
    const begin = reader.at;
    const from = this.code.length;
    if (reader.take("(")) return this.group(begin);
    if (reader.take("\\Q")) return this.quoted();
    if (!this.look()) this.takes(this.set(begin));
    return from;
  }

  /** What stands for one character. */
  private set(begin: i32): CharSet {
    const reader = this.reader;
    const set = new CharSet();
    const foldCase = this.has(RegexFlag.FoldCase);
    if (reader.take("[")) {
      readBrackets(reader, set, foldCase);
    } else if (reader.take(".")) {
      if (!this.has(RegexFlag.DotAll)) set.add(0x0a, 0x0a);
      set.invert();
    } else if (!readPerlClass(reader, set, foldCase)) {
      this.literal(set, begin, reader.take("\\") ? reader.escaped() : reader.next());
    }
    return set;
  }

  private literal(set: CharSet, begin: i32, character: i32): void {
    set.add(character, character);
    if (!this.has(RegexFlag.FoldCase)) return;
    refuseBeyondAscii(this.reader, begin, character);
    set.foldCase();
  }

  private takes(set: CharSet): void {
    this.code.push(RegexOp.Take, this.sets.length);
    this.sets.push(set);
  }

  /** What is between `\Q` and `\E` stands for itself; a repetition after it is of the last character. */
  private quoted(): i32 {
    const reader = this.reader;
    let last = NOTHING;
    while (!reader.ended && !reader.take("\\E")) {
      const set = new CharSet();
      last = this.code.length;
      this.literal(set, reader.at, reader.next());
      this.takes(set);
    }
    return last;
  }

  /** @returns false when none of `^`, `$`, `\A`, `\z`, `\b` and `\B` comes. */
  private look(): bool {
    const reader = this.reader;
    const lines = this.has(RegexFlag.ManyLines);
    let pairs = 0;
    if (reader.take("^")) pairs = lines ? Look.BeginLine : Look.Begin;
    else if (reader.take("$")) pairs = lines ? Look.EndLine : Look.End;
    else if (reader.take("\\A")) pairs = Look.Begin;
    else if (reader.take("\\z")) pairs = Look.End;
    else if (reader.take("\\b")) pairs = Look.WordEdge;
    else if (reader.take("\\B")) pairs = Look.NoWordEdge;
    if (pairs != 0) this.code.push(RegexOp.Look, pairs);
    return pairs != 0;
  }

  /** From after the parenthesis on. Flags that are set inside a group end with it. */
  private group(begin: i32): i32 {
    const reader = this.reader;
    const from = this.code.length;
    const outer = this.flags;
    if (reader.take("?")) {
      const opening = new GroupOpening(outer);
      opening.read(reader, begin);
      this.flags = opening.flags;
      if (opening.flagsOnly) return NOTHING;
    }
    if (++this.depth > MAX_DEPTH) reader.fail(begin, `expected at most ${MAX_DEPTH} groups inside one another`);
    this.alternatives();
    this.depth--;
    this.flags = outer;
    if (!reader.take(")")) reader.fail(begin, 'expected ")" to end what "(" begins');
    return from;
  }

  // @ts-ignore: decorator
  @inline
  private has(flag: RegexFlag): bool {
    return (this.flags & flag) != 0;
  }
}
