/**
 * JSON strings: checks the UTF-8 and undoes the escapes in place. The decoded form is never longer than the written one
 * (`\u00e9` is six bytes, its UTF-8 two), so the write position never passes the read position.
 */
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

/** Reads one string at a time from a fixed stretch of memory. Allocates nothing itself. */
@final
export class JsonStringScanner {
  /** After `scan`: the address after the decoded text. */
  textEnd: usize = 0;
  /** After `scan`: the address after the closing quote, or of the byte that is wrong. */
  next: usize = 0;
  /** After a `scan` that failed: what is wrong. */
  problem: string = "";

  private write: usize = 0;

  /** @param end the address after the last byte that may be read. */
  constructor(private end: usize) {}

  /** @param from the address after the opening quote. Returns false when `problem` says why. */
  scan(from: usize): bool {
    const end = this.end;
    this.next = from;
    this.write = from;
    while (this.next < end) {
      const byte = load<u8>(this.next);
      if (byte == QUOTE) {
        this.textEnd = this.write;
        this.next++;
        return true;
      }
      if (byte == BACKSLASH) {
        if (!this.escape()) return false;
      } else if (byte < 0x20) {
        return this.fail("a control character in a string must be written as an escape");
      } else if (byte < 0x80) {
        store<u8>(this.write++, byte);
        this.next++;
      } else if (!this.multibyte(byte)) {
        return this.fail("the text is not valid UTF-8");
      }
    }
    return this.fail("the string is not closed");
  }

  private fail(problem: string): bool {
    this.problem = problem;
    return false;
  }

  /** One character of two to four bytes, by the ranges of RFC 3629 section 4. */
  private multibyte(lead: u8): bool {
    const length: usize = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || this.next + length > this.end) return false;
    const second = load<u8>(this.next + 1);
    const least: u8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const most: u8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return false;
    for (let i: usize = 2; i < length; i++) if ((load<u8>(this.next + i) & 0xc0) != 0x80) return false;
    memory.copy(this.write, this.next, length);
    this.write += length;
    this.next += length;
    return true;
  }

  private escape(): bool {
    const byte: u8 = this.next + 1 < this.end ? load<u8>(this.next + 1) : 0;
    if (byte == 0x75) return this.unicodeEscape();
    const plain = unescaped(byte);
    if (!plain) return this.fail('unknown escape; expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u');
    store<u8>(this.write++, plain);
    this.next += 2;
    return true;
  }

  private unicodeEscape(): bool {
    let code = this.hex4(this.next + 2);
    if (code < 0) return this.fail("expected four hexadecimal digits after \\u");
    let length: usize = 6;
    if ((code & 0xf800) == 0xd800) {
      const low = this.lowSurrogateAt(this.next + 6);
      if (code >= 0xdc00 || low < 0) return this.fail("an unpaired surrogate is no character");
      code = 0x10000 + ((code - 0xd800) << 10) + low;
      length = 12;
    }
    this.next += length;
    this.write += encodeUtf8(<u32>code, this.write);
    return true;
  }

  /** The low ten bits of the escaped low surrogate at `address`, or -1 when there is none. */
  private lowSurrogateAt(address: usize): i32 {
    if (address + 2 > this.end || load<u16>(address) != 0x755c) return -1; // `\u`, little-endian
    const code = this.hex4(address + 2);
    return code >= 0 && (code & 0xfc00) == 0xdc00 ? code & 0x3ff : -1;
  }

  private hex4(address: usize): i32 {
    if (address + 4 > this.end) return -1;
    let code = 0;
    for (let i: usize = 0; i < 4; i++) {
      const byte: i32 = load<u8>(address + i);
      const letter = (byte | 0x20) - 0x61;
      const digit = <u32>(byte - 0x30) < 10 ? byte - 0x30 : <u32>letter < 6 ? letter + 10 : -1;
      if (digit < 0) return -1;
      code = (code << 4) | digit;
    }
    return code;
  }
}

/** The byte that a one-letter escape stands for, or 0 for none. */
function unescaped(letter: u8): u8 {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return letter;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

function encodeUtf8(code: u32, address: usize): usize {
  if (code < 0x80) {
    store<u8>(address, <u8>code);
    return 1;
  }
  const length: usize = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (let i = length - 1; i > 0; i--) {
    store<u8>(address + i, <u8>(0x80 | (code & 0x3f)));
    code >>= 6;
  }
  const marks: u32 = length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0;
  store<u8>(address, <u8>(marks | code));
  return length;
}
