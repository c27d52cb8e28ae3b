import { Kind, kindOf } from "./regex-chars";
import { letterIndex, NOT_LINEAR, RegexReader } from "./regex-reader";

/** Flags of a pattern: bits in the order of `LETTERS`. */
export const enum RegexFlag {
  FoldCase = 1,
  ManyLines = 2,
  DotAll = 4,
  /** Changes which of several matches is found, never whether there is one. */
  Ungreedy = 8,
}

const FLAGS: string = "(?:, (?P<name> or flags such as (?i)";
const LETTERS: string = "imsU";

/** What stands between `(?` and the pattern of a group: its name, flags or just a colon. For configure. */
@final
export class GroupOpening {
  /** Whether it was flags for what follows, with `)` at once: no group begins. */
  flagsOnly: bool = false;

  /** @param flags those that hold before it, and after `read` those that hold behind it. */
  constructor(public flags: i32) {}

  /** @param begin where the parenthesis is. */
  read(reader: RegexReader, begin: i32): void {
    if (reader.peek(1) == 0x3c /* < */) reader.takeOne(0x50 /* P */);
    const named = reader.takeOne(0x3c /* < */);
    if (reader.takeOne(0x3d /* = */) || reader.takeOne(0x21 /* ! */)) {
      reader.fail(begin, NOT_LINEAR);
    } else if (!named) {
      this.readFlags(reader, begin);
    } else if (!isName(reader.takeUntil(">"))) {
      reader.fail(begin, FLAGS);
    }
  }

  /** `i`, `-i` or `im-s`; then a colon, or the end. */
  private readFlags(reader: RegexReader, begin: i32): void {
    let cleared = false;
    let complete = true;
    let character = reader.next();
    for (; character != 0x3a /* : */ && character != 0x29 /* ) */; character = reader.next()) {
      const flag = letterIndex(LETTERS, character);
      const minus = character == 0x2d && !cleared;
      if (flag < 0 && !minus) return reader.fail(begin, FLAGS);
      if (flag >= 0) this.flags = cleared ? this.flags & ~(1 << flag) : this.flags | (1 << flag);
      if (minus) cleared = true;
      complete = flag >= 0;
    }
    if (!complete) reader.fail(begin, FLAGS);
    this.flagsOnly = character == 0x29;
  }
}

function isName(name: string | null): bool {
  if (name == null || name.length == 0) return false;
  for (let i = 0; i < name.length; i++) {
    if (kindOf(name.charCodeAt(i)) != Kind.Word) return false;
  }
  return true;
}
