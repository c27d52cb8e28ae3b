// Text made safe for one line of a log: a value that came from a request must not forge lines or drive a terminal.

/**
 * Writes `text` as UTF-8 with control characters (C0, DEL, C1, line and paragraph separators) and backslashes as
 * `\xNN` or `\uNNNN`. Stops before a character that would not fit in `capacity` bytes.
 * @returns number of bytes written at `to`.
 * Allocates: nothing, so that it also serves while memory has run out.
 */
export function writeEscaped(text: string, to: usize, capacity: usize): usize {
  let at: usize = 0;
  for (let i = 0, length = text.length; i < length; i++) {
    let code = <u32>text.charCodeAt(i);
    if ((code & 0xfc00) == 0xd800 && i + 1 < length) {
      const low = <u32>text.charCodeAt(i + 1);
      if ((low & 0xfc00) == 0xdc00) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        i++;
      }
    }
    if (at + 6 > capacity) break;
    at += writeCharacter(code, to + at);
  }
  return at;
}

function writeCharacter(code: u32, to: usize): usize {
  if (code < 0x20 || code == 0x7f || code == 0x5c) return writeHexEscape(code, to);
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return 1;
  }
  if (code < 0xa0 || code == 0x2028 || code == 0x2029 || (code & 0xfffff800) == 0xd800)
    return writeUnicodeEscape(code, to);
  return writeUtf8(code, to);
}

function writeUtf8(code: u32, to: usize): usize {
  if (code < 0x800) {
    store<u8>(to, <u8>(0xc0 | (code >> 6)));
    store<u8>(to, <u8>(0x80 | (code & 0x3f)), 1);
    return 2;
  }
  if (code < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (code >> 12)));
    store<u8>(to, <u8>(0x80 | ((code >> 6) & 0x3f)), 1);
    store<u8>(to, <u8>(0x80 | (code & 0x3f)), 2);
    return 3;
  }
  store<u8>(to, <u8>(0xf0 | (code >> 18)));
  store<u8>(to, <u8>(0x80 | ((code >> 12) & 0x3f)), 1);
  store<u8>(to, <u8>(0x80 | ((code >> 6) & 0x3f)), 2);
  store<u8>(to, <u8>(0x80 | (code & 0x3f)), 3);
  return 4;
}

function writeHexEscape(byte: u32, to: usize): usize {
  store<u16>(to, 0x785c); // "\x"
  store<u8>(to, hexDigit(byte >> 4), 2);
  store<u8>(to, hexDigit(byte & 15), 3);
  return 4;
}

function writeUnicodeEscape(code: u32, to: usize): usize {
  store<u16>(to, 0x755c); // "\u"
  for (let i: u32 = 0; i < 4; i++) store<u8>(to + 2 + i, hexDigit((code >> (12 - 4 * i)) & 15));
  return 6;
}

// @ts-ignore: decorator
@inline
function hexDigit(nibble: u32): u8 {
  return <u8>(nibble < 10 ? 48 + nibble : 87 + nibble);
}
