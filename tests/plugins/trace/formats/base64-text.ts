const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of ASCII by its definition (RFC 4648 section 4). */
export function base64Of(text: string): string {
  let bits = "";
  for (let i = 0; i < text.length; i++) bits += (0x100 | text.charCodeAt(i)).toString(2).slice(1);
  while (bits.length % 6 != 0) bits += "0";
  let result = "";
  for (let i = 0; i < bits.length; i += 6) result += DIGITS.charAt(<i32>parseInt(bits.slice(i, i + 6), 2));
  while (result.length % 4 != 0) result += "=";
  return result;
}
