/** Puts text that others wrote into a message. Control characters stay: whatever writes the log escapes them. */

const MAX_QUOTED: i32 = 64;

/** The text in double quotes, cut after 64 characters. */
export function quote(text: string): string {
  return text.length > MAX_QUOTED ? `"${text.slice(0, MAX_QUOTED)}"...` : `"${text}"`;
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
