const HEX = "0123456789abcdef";

/** The text as a JSON string, quotes included (RFC 8259 section 7). For configure: allocates. */
export function jsonText(text: string): string {
  let result = '"';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code == 0x22 || code == 0x5c) result += "\\" + text.charAt(i);
    else if (code < 0x20) result += "\\u00" + HEX.charAt(code >> 4) + HEX.charAt(code & 15);
    else result += text.charAt(i);
  }
  return result + '"';
}
