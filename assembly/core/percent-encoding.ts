/** Percent-encoding of URLs, RFC 3986 section 2.1. */
import { ByteView } from "./bytes";

// @ts-ignore: decorator
@inline
const PERCENT: u8 = 0x25;

// @ts-ignore: decorator
@inline
const PLUS: u8 = 0x2b;

/** The byte that the escape at `from` stands for, -1 when the bytes up to `end` begin with none. Allocates: nothing. */
export function escapedByte(from: usize, end: usize): i32 {
  if (from + 3 > end || load<u8>(from) != PERCENT) return -1;
  const high = hexDigit(load<u8>(from, 1));
  const low = hexDigit(load<u8>(from, 2));
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

// @ts-ignore: decorator
@inline
function hexDigit(byte: u8): i32 {
  const digit = <u32>byte - 0x30;
  if (digit < 10) return digit;
  const letter = ((<u32>byte) | 0x20) - 0x61;
  return letter < 6 ? 10 + letter : -1;
}

/** Whether decoding would change the text. @param form also `+`, which stands for a space in a form's query. */
export function isEncoded(text: ByteView, form: bool): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = text.at(i);
    if (byte == PERCENT || (form && byte == PLUS)) return true;
  }
  return false;
}

/**
 * Writes the decoded text at `to`, which has room for `text.length` bytes; `%` that begins no escape stays.
 * @param form `+` stands for a space. @returns number of bytes written. Allocates: nothing.
 */
export function percentDecode(text: ByteView, to: usize, form: bool): i32 {
  const end = text.ptr + <usize>text.length;
  let at = to;
  for (let from = text.ptr; from < end; at++) {
    const decoded = decodedByte(from, end, form);
    store<u8>(at, <u8>decoded);
    from += decoded & ESCAPE ? 3 : 1;
  }
  return <i32>(at - to);
}

/** Whether the text, decoded, is `plain`. Allocates: nothing. */
export function decodesTo(text: ByteView, plain: ByteView, form: bool): bool {
  const end = text.ptr + <usize>text.length;
  let from = text.ptr;
  let i = 0;
  for (; from < end && i < plain.length; i++) {
    const decoded = decodedByte(from, end, form);
    if (<u8>decoded != plain.at(i)) return false;
    from += decoded & ESCAPE ? 3 : 1;
  }
  return from >= end && i == plain.length;
}

/** Set in what `decodedByte` answers when the byte was three. */
// @ts-ignore: decorator
@inline
const ESCAPE: i32 = 0x100;

// @ts-ignore: decorator
@inline
function decodedByte(from: usize, end: usize, form: bool): i32 {
  const byte = load<u8>(from);
  if (form && byte == PLUS) return 0x20;
  const escaped = byte == PERCENT ? escapedByte(from, end) : -1;
  return escaped >= 0 ? escaped | ESCAPE : byte;
}
