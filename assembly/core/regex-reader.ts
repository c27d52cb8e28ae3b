/** How many characters a pattern may have. */
export const MAX_PATTERN_LENGTH: i32 = 1024;

/** What is refused because it takes more than linear time. */
export const NOT_LINEAR: string = "no backreference or lookaround, which RE2 has not";
const ESCAPE: string = "an escape of RE2 such as \\d, \\. or \\x{e9}";

// @ts-ignore: decorator
@inline
export const BACKSLASH: i32 = 0x5c;

/** Where the character is among these letters of ASCII, -1 when it is none of them. */
export function letterIndex(letters: string, character: i32): i32 {
  return <u32>character < 0x80 ? letters.indexOf(String.fromCharCode(character)) : -1;
}

/** Reads a pattern from left to right. After the first problem it is as if the pattern ended. For configure. */
@final
export class RegexReader {
  /** Index of the character to be read. */
  at: i32 = 0;
  /** Empty, or `character 15: expected ...`. */
  problem: string = "";

  constructor(private readonly text: string) {
    if (text.length > MAX_PATTERN_LENGTH) {
      this.fail(MAX_PATTERN_LENGTH, `at most ${MAX_PATTERN_LENGTH} characters`);
    }
  }

  /** Keeps the first problem: that at index `at` something else was `expected`. */
  fail(at: i32, expected: string): void {
    if (this.problem == "") this.problem = `character ${at + 1}: expected ${expected}`;
    this.at = this.text.length;
  }

  get ended(): bool {
    return this.at >= this.text.length;
  }

  /** The character `ahead` of the one to be read, -1 beyond the end. */
  peek(ahead: i32 = 0): i32 {
    const at = this.at + ahead;
    return at < this.text.length ? this.text.codePointAt(at) : -1;
  }

  /** Reads one character, -1 at the end. */
  next(): i32 {
    const character = this.peek();
    this.at += character > 0xffff ? 2 : 1;
    return character;
  }

  /** Reads the character if it comes now. @returns whether it did. */
  takeOne(character: i32): bool {
    if (this.peek() != character) return false;
    this.at++;
    return true;
  }

  /** Reads a backslash with one of the letters if they come now. @returns which, -1: none of them. */
  takeEscape(letters: string): i32 {
    const index = this.peek() == BACKSLASH ? letterIndex(letters, this.peek(1)) : -1;
    if (index >= 0) this.at += 2;
    return index;
  }

  /** Reads what is before the next `end`, and it; null when there is none. */
  takeUntil(end: string): string | null {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) return null;
    const text = this.text.slice(this.at, found);
    this.at = found + end.length;
    return text;
  }

  /** Reads the decimal number that comes now, as at most 9999; -1 when there is none, or none without leading zeros. */
  number(): i32 {
    let value = -1;
    if (this.peek() == 0x30 && <u32>(this.peek(1) - 0x30) < 10) return value;
    for (; <u32>(this.peek() - 0x30) < 10; this.at++) value = min(max(value, 0) * 10 + (this.peek() - 0x30), 9999);
    return value;
  }

  /** Reads what follows a backslash, and stands for one character. */
  escaped(): i32 {
    const at = this.at - 1;
    const character = this.next();
    const control = letterIndex("aftnrv", character);
    if (control >= 0) return "\x07\x0c\t\n\r\x0b".charCodeAt(control);
    if (character == 0x78 /* x */) return this.hex(at);
    const digit = <u32>(character - 0x30);
    if (digit == 0 || (digit < 8 && <u32>(this.peek() - 0x30) < 8)) return this.octal(digit);
    if (digit < 10) this.fail(at, NOT_LINEAR);
    else if ((character | 0x20) == 0x70 /* p */) this.fail(at, "no class of Unicode");
    else if (<u32>character >= 0x80 || <u32>((character | 0x20) - 0x61) < 26) this.fail(at, ESCAPE);
    return character;
  }

  private octal(first: i32): i32 {
    let value = first;
    for (let i = 0; i < 2 && <u32>(this.peek() - 0x30) < 8; i++) value = value * 8 + (this.next() - 0x30);
    return value;
  }

  /** `\x41` or `\x{1F600}`. */
  private hex(at: i32): i32 {
    const braces = this.takeOne(0x7b /* { */);
    const most = braces ? 8 : 2;
    let value = 0;
    let digits = 0;
    for (let digit = this.digit(); digit >= 0 && digits < most; digit = this.digit()) {
      value = (min(value, 0x110000) << 4) | digit;
      digits++;
      this.at++;
    }
    const complete = braces ? digits > 0 && this.takeOne(0x7d /* } */) : digits == 2;
    if (!complete || value > 0x10ffff) this.fail(at, ESCAPE);
    return value;
  }

  /** The hexadecimal digit that comes now, -1 when none does. */
  private digit(): i32 {
    const character = this.peek();
    if (<u32>(character - 0x30) < 10) return character - 0x30;
    const letter = (character | 0x20) - 0x61;
    return <u32>letter < 6 && character < 0x80 ? letter + 10 : -1;
  }
}
