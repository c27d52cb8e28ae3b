// pattern    = sequence { "|" sequence }
// sequence   = { atom [ repetition [ "?" ] ] }
// repetition = "*" | "+" | "?" | "{" m [ "," [ n ] ] "}"
// atom       = character | escape | "." | "^" | "$" | "[" class "]" | "(" pattern ")" | "(?" flags ")"
//            | "(?" [ flags ] ":" pattern ")" | "(?" [ "P" ] "<" name ">" pattern ")"
import { CharSet } from "./regex-chars";
import { readBrackets, readCharacter, readPerlClass, refuseBeyondAscii } from "./regex-class";
import { Look, RegexCode, RegexOp } from "./regex-code";
import { GroupOpening, RegexFlag } from "./regex-group";
import { RegexReader } from "./regex-reader";
import { RegexRepetition } from "./regex-repetition";

/** Groups inside one another; bounds the recursion. */
// @ts-ignore: decorator
@inline
const MAX_DEPTH: i32 = 64;

/** What `\A`, `\z`, `\b` and `\B` look for. */
const ESCAPED_LOOKS: i32[] = [Look.Begin, Look.End, Look.WordEdge, Look.NoWordEdge];

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
  private readonly repetition: RegexRepetition = new RegexRepetition();

  constructor(pattern: string) {
    const reader = new RegexReader(pattern);
    this.reader = reader;
    this.alternatives();
    if (!reader.ended) reader.fail(reader.at, '"(" before ")"');
  }

  private alternatives(): void {
    const from = this.code.length;
    this.sequence();
    while (this.reader.takeOne(0x7c /* | */)) {
      const jump = this.code.branch(from);
      this.sequence();
      this.code.join(jump);
    }
  }

  private sequence(): void {
    const reader = this.reader;
    const repetition = this.repetition;
    let from = NOTHING;
    for (let next = reader.peek(); next >= 0 && next != 0x7c /* | */ && next != 0x29 /* ) */; next = reader.peek()) {
      const begin = reader.at;
      if (!repetition.read(reader)) {
        from = this.atom();
        continue;
      }
      if (from == NOTHING) reader.fail(begin, "something to repeat before this");
      else if (reader.problem == "") this.code.repeat(from, repetition.least, repetition.most);
      from = NOTHING;
    }
  }

  /** @returns where the code begins of what a repetition after it repeats. */
  private atom(): i32 {
    const reader = this.reader;
    const begin = reader.at;
    const from = this.code.length;
    if (reader.takeOne(0x28 /* ( */)) return this.group(begin);
    if (reader.takeEscape("Q") == 0) return this.quoted();
    if (!this.look()) this.takes(this.set(begin));
    return from;
  }

  /** What stands for one character. */
  private set(begin: i32): CharSet {
    const reader = this.reader;
    const set = new CharSet();
    const foldCase = this.has(RegexFlag.FoldCase);
    if (reader.takeOne(0x5b /* [ */)) {
      readBrackets(reader, set, foldCase);
    } else if (reader.takeOne(0x2e /* . */)) {
      if (!this.has(RegexFlag.DotAll)) set.add(0x0a, 0x0a);
      set.invert();
    } else if (!readPerlClass(reader, set, foldCase)) {
      this.literal(set, begin, readCharacter(reader));
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
    while (!reader.ended && reader.takeEscape("E") < 0) {
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
    if (reader.takeOne(0x5e /* ^ */)) {
      pairs = lines ? Look.BeginLine : Look.Begin;
    } else if (reader.takeOne(0x24 /* $ */)) {
      pairs = lines ? Look.EndLine : Look.End;
    } else {
      const escape = reader.takeEscape("AzbB");
      if (escape < 0) return false;
      pairs = ESCAPED_LOOKS[escape];
    }
    this.code.push(RegexOp.Look, pairs);
    return true;
  }

  /** From after the parenthesis on. Flags that are set inside a group end with it. */
  private group(begin: i32): i32 {
    const reader = this.reader;
    const from = this.code.length;
    const outer = this.flags;
    if (reader.takeOne(0x3f /* ? */)) {
      const opening = new GroupOpening(outer);
      opening.read(reader, begin);
      this.flags = opening.flags;
      if (opening.flagsOnly) return NOTHING;
    }
    if (++this.depth > MAX_DEPTH) reader.fail(begin, `at most ${MAX_DEPTH} groups inside one another`);
    this.alternatives();
    this.depth--;
    this.flags = outer;
    if (!reader.takeOne(0x29 /* ) */)) reader.fail(begin, '")" to end what "(" begins');
    return from;
  }

  // @ts-ignore: decorator
  @inline
  private has(flag: RegexFlag): bool {
    return (this.flags & flag) != 0;
  }
}
