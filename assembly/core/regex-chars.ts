/** The greatest code point of Unicode. */
export const LAST_CHARACTER: i32 = 0x10ffff;

/** Classes of POSIX, each as the first and the last character of its ranges. */
const POSIX_CLASSES: string =
  ";alnum=09AZaz;alpha=AZaz;ascii=\0\x7f;blank=\t\t  ;cntrl=\0\x1f\x7f\x7f;digit=09;graph=!~;lower=az;print= ~;" +
  "punct=!/:@[`{~;space=\t\r  ;upper=AZ;word=09AZ__az;xdigit=09AFaf;";

/** What `\d`, `\s` and `\w` stand for, in the same form. */
export const PERL_CLASSES: string[] = ["09", "\t\n\f\r  ", "09AZ__az"];

/** The capital letters of ASCII among the characters from 64 on; the small ones are 32 further. */
// @ts-ignore: decorator
@inline
const CAPITALS: u64 = 0x07ff_fffe;

/** What is next to a place in a text, as far as `^`, `$` and `\b` look at it. */
export const enum Kind {
  /** The text begins or ends here. */
  Edge,
  Newline,
  /** One of 0-9, A-Z, a-z and _. */
  Word,
  Other,
}

export function kindOf(character: i32): Kind {
  if (character == 0x0a) return Kind.Newline;
  const letter = <u32>((character | 0x20) - 0x61) < 26 && character < 0x80;
  return letter || <u32>(character - 0x30) < 10 || character == 0x5f ? Kind.Word : Kind.Other;
}

/** The ranges of the class with this name, "" when there is none. */
export function posixClass(name: string): string {
  const key = `;${name}=`;
  const at = name == "" ? -1 : POSIX_CLASSES.indexOf(key);
  if (at < 0) return "";
  const from = at + key.length;
  return POSIX_CLASSES.slice(from, POSIX_CLASSES.indexOf(";", from));
}

/** A set of characters. Everything but `has` is for configure. */
@final
export class CharSet {
  /** A bit for each character from 0 to 63, and from 64 to 127. */
  private low: u64 = 0;
  private high: u64 = 0;
  /** First and last characters of the ranges beyond ASCII, in any order. */
  private readonly beyond: i32[] = [];
  /** Whether, beyond ASCII, the set has just what is not in these ranges. */
  private inverted: bool = false;

  /** Adds the characters from `first` to `last`. Before `invert`. */
  add(first: i32, last: i32): void {
    for (let character = first; character <= min(last, 0x7f); character++) {
      const bit: u64 = (<u64>1) << (character & 63);
      if (character < 64) this.low |= bit;
      else this.high |= bit;
    }
    if (last < 0x80) return;
    this.beyond.push(max(first, 0x80));
    this.beyond.push(last);
  }

  /** Adds a class, or all that is not in it. @param foldCase also its letters of the other case. */
  addClass(ranges: string, negated: bool, foldCase: bool): void {
    const added = new CharSet();
    for (let i = 0; i + 1 < ranges.length; i += 2) added.add(ranges.charCodeAt(i), ranges.charCodeAt(i + 1));
    if (foldCase) added.foldCase();
    if (negated) added.invert();
    this.low |= added.low;
    this.high |= added.high;
    if (negated) this.add(0x80, LAST_CHARACTER);
  }

  /** Adds the letters of the other case, in ASCII. */
  foldCase(): void {
    const letters = this.high;
    this.high |= ((letters & CAPITALS) << 32) | ((letters >> 32) & CAPITALS);
  }

  /** Makes it the set of the characters that were not in it. */
  invert(): void {
    this.low = ~this.low;
    this.high = ~this.high;
    this.inverted = !this.inverted;
  }

  has(character: i32): bool {
    if (character < 0x80) return ((character < 64 ? this.low : this.high) >> (character & 63)) & 1 ? true : false;
    const beyond = this.beyond;
    for (let i = 0; i < beyond.length; i += 2) {
      if (character >= unchecked(beyond[i]) && character <= unchecked(beyond[i + 1])) return !this.inverted;
    }
    return this.inverted;
  }

  /** Whether a character of this kind may be in it; true also for some sets without one, beyond ASCII. */
  mayHave(kind: Kind): bool {
    for (let character = 0; character < 0x80; character++) {
      if (kindOf(character) == kind && this.has(character)) return true;
    }
    return kind == Kind.Other && (this.inverted || this.beyond.length > 0);
  }

  /** Adds to `starts`, ascending and without repeats, where beyond ASCII its members and others begin. */
  collectStarts(starts: i32[]): void {
    for (let i = 0; i < this.beyond.length; i++) insertOnce(starts, unchecked(this.beyond[i]) + (i & 1));
  }
}

function insertOnce(ascending: i32[], value: i32): void {
  let at = ascending.length;
  while (at > 0 && unchecked(ascending[at - 1]) >= value) at--;
  if (at < ascending.length && unchecked(ascending[at]) == value) return;
  ascending.push(0);
  for (let i = ascending.length - 1; i > at; i--) unchecked((ascending[i] = ascending[i - 1]));
  unchecked((ascending[at] = value));
}
