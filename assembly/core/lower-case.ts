/**
 * The text with capitals of ASCII as small letters: what header names, host names and cookies' name prefixes compare by.
 * `String.toLowerCase` would bring 6 KB of Unicode tables along. Allocates.
 */
export function lowerCase(text: string): string {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    result += String.fromCharCode(<u32>(code - 0x41) < 26 ? code | 0x20 : code);
  }
  return result;
}
