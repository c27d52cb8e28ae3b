/** Puts text that others wrote into a message: on one line, without control characters, and short. */

const MAX_QUOTED: i32 = 64;

/** The text in double quotes, control characters and non-ASCII as \uXXXX, cut after 64 characters. */
export function quote(text: string): string {
  let result = '"';
  const length = min(text.length, MAX_QUOTED);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code == 0x22 || code == 0x5c) result += "\\" + String.fromCharCode(code);
    else if (code < 0x20 || code > 0x7e) result += unicodeEscape(code);
    else result += String.fromCharCode(code);
  }
  return result + (text.length > MAX_QUOTED ? '"...' : '"');
}

function unicodeEscape(code: i32): string {
  let result = "\\u";
  for (let shift = 12; shift >= 0; shift -= 4) result += "0123456789abcdef".charAt((code >> shift) & 15);
  return result;
}

/** The texts, each in quotes, with commas between. */
export function quoteAll(texts: string[]): string {
  let result = "";
  for (let i = 0; i < texts.length; i++) result += (i ? ", " : "") + quote(texts[i]);
  return result;
}

/** A key as a step of a JSON path: `.max_keys`, or `["odd key"]` for one that is no plain word. */
export function pathKey(key: string): string {
  let plain = key.length > 0 && key.length <= MAX_QUOTED;
  for (let i = 0; plain && i < key.length; i++) {
    const code = key.charCodeAt(i);
    plain = code == 0x5f || <u32>((code | 0x20) - 0x61) < 26 || (i > 0 && <u32>(code - 0x30) < 10);
  }
  return plain ? "." + key : `[${quote(key)}]`;
}
