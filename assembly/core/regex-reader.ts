/** How many characters a pattern may have. */
export const MAX_PATTERN_LENGTH: i32 = 1024;

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
      this.fail(MAX_PATTERN_LENGTH, `expected at most ${MAX_PATTERN_LENGTH} characters`);
    }
  }

  /** Keeps the first problem. */
  fail(at: i32, problem: string): void {
    if (this.problem == "") this.problem = `character ${at + 1}: ${problem}`;
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

  /** Reads `word` if it comes now. @returns whether it did. */
  take(word: string): bool {
    if (this.text.substr(this.at, word.length) != word) return false;
    this.at += word.length;
    return true;
  }

  /** Reads what is before the next `end`, and it; null when there is none. */
  takeUntil(end: string): string | null {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) return null;
    const text = this.text.slice(this.at, found);
    this.at = found + end.length;
    return text;
  }

  /** Reads the decimal number that comes now, as at most 9999; -1 when there is none. */
  number(): i32 {
    let value = -1;
    for (; <u32>(this.peek() - 0x30) < 10; this.at++) value = min(max(value, 0) * 10 + (this.peek() - 0x30), 9999);
    return value;
  }

  /** Reads what follows a backslash, and stands for one character. */
  escaped(): i32 {
    const at = this.at - 1;
    const character = this.next();
    const control = letterIndex("aftnrv", character);
    const octal = <u32>(character - 0x30) < 8;
    if (character == 0x78 /* x */) return this.hex(at);
    if (character == 0x30 || (octal && <u32>(this.peek() - 0x30) < 8)) return this.octal(character - 0x30);
    if (<u32>(character - 0x30) < 10) this.fail(at, "expected no backreference, which takes more than linear time");
    else if ((character | 0x20) == 0x70 /* p */)
      this.fail(at, "expected no class of Unicode; ranges are [\\x{80}-\\x{7ff}]");
    else if (character < 0) this.fail(at, "expected a character after the backslash");
    else if (control >= 0) return "\x07\x0c\t\n\r\x0b".charCodeAt(control);
    else if (character >= 0x80 || <u32>((character | 0x20) - 0x61) < 26) this.fail(at, "expected an escape of RE2");
    return character;
  }

  private octal(first: i32): i32 {
    let value = first;
    for (let i = 0; i < 2 && <u32>(this.peek() - 0x30) < 8; i++) value = value * 8 + (this.next() - 0x30);
    return value;
  }

  /** `\x41` or `\x{1F600}`. */
  private hex(at: i32): i32 {
    const braces = this.take("{");
    const most = braces ? 8 : 2;
    let value = 0;
    let digits = 0;
    for (let digit = this.digit(); digit >= 0 && digits < most; digit = this.digit()) {
      value = (min(value, 0x110000) << 4) | digit;
      digits++;
      this.at++;
    }
    const complete = braces ? digits > 0 && this.take("}") : digits == 2;
    if (!complete || value > 0x10ffff)
      this.fail(at, "expected \\x with two hexadecimal digits, or \\x{10ffff} at most");
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
