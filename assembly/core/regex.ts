import { ByteView } from "./bytes";
import { MAX_CLASSES, RegexClasses } from "./regex-classes";
import { RegexParser } from "./regex-parser";
import { MAX_POSITIONS, RegexPositions } from "./regex-positions";
import { BEGIN, DEAD, RegexStates } from "./regex-states";
import { decodeUtf8, NOT_UTF8 } from "./regex-utf8";

/** Longer values match nothing, so that the time that one takes is bounded. */
export const MAX_MATCHED_BYTES: i32 = 8192;

const TOO_LARGE: string = `expected at most ${MAX_POSITIONS} characters once repetitions such as {64} are written out`;

/**
 * A regular expression that a whole value must match, in RE2's syntax and with its meaning, in time that grows with the
 * value's length and nothing else.
 *
 * Characters are those of UTF-8; a value that is not UTF-8 matches nothing. Unlike RE2, `(?i)` knows the letters of
 * ASCII only, and other characters beside it are refused, as are `\p` and `\C`. Backreferences and lookaround are
 * refused as by RE2.
 */
@final
export class Regex {
  /** For `parse`. */
  constructor(
    /** What is wrong with the pattern, as `character 15: expected ...`; empty: nothing. A bad one matches nothing. */
    readonly problem: string,
    private readonly classes: RegexClasses | null,
    private readonly states: RegexStates | null,
  ) {}

  /** For configure: allocates. */
  static parse(pattern: string): Regex {
    const parser = new RegexParser(pattern);
    if (parser.reader.problem != "") return bad(parser.reader.problem);
    if (parser.code.tooLarge) return bad(TOO_LARGE);
    const positions = new RegexPositions(parser.code, parser.sets);
    if (positions.tooMany) return bad(TOO_LARGE);
    const classes = new RegexClasses(positions);
    if (classes.tooMany) return bad(`expected at most ${MAX_CLASSES} characters that differ`);
    return new Regex("", classes, new RegexStates(positions, classes));
  }

  /** Whether the whole value matches. Allocates: nothing. */
  matches(value: ByteView): bool {
    const states = this.states;
    const classes = this.classes;
    if (states == null || classes == null || value.length > MAX_MATCHED_BYTES) return false;
    let state = BEGIN;
    let at = value.ptr;
    for (const end = at + <usize>value.length; at < end; at++) {
      const byte = load<u8>(at);
      let characterClass = 0;
      if (byte < 0x80) {
        characterClass = classes.classOfAscii(byte);
      } else {
        const decoded = decodeUtf8(at, end);
        if (decoded == NOT_UTF8) return false;
        at += <usize>(decoded & 3);
        characterClass = classes.classBeyond(decoded >> 2);
      }
      state = states.next(state, characterClass);
      if (state == DEAD) return false;
    }
    return states.accepts(state);
  }
}

function bad(problem: string): Regex {
  return new Regex(problem, null, null);
}
