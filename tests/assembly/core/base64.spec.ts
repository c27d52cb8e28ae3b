import { base64Bytes, decodeBase64 } from "../../../assembly/core/base64";
import { Utf8 } from "../../../assembly/core/bytes";

/** The bytes as a string of Latin-1, or null. */
function decoded(text: string): string | null {
  const from = new Utf8(text);
  const to = new ArrayBuffer(base64Bytes(from.length));
  const length = decodeBase64(from.ptr, from.length, changetype<usize>(to));
  if (length < 0) return null;
  assert(length <= to.byteLength);
  let result = "";
  for (let i = 0; i < length; i++) result += String.fromCharCode(load<u8>(changetype<usize>(to) + i));
  return result;
}

const DIGITS: string = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 by its definition, without padding. */
function encoded(bytes: i32[]): string {
  let bits = "";
  for (let i = 0; i < bytes.length; i++) bits += (0x100 | bytes[i]).toString(2).slice(1);
  while (bits.length % 6 != 0) bits += "0";
  let text = "";
  for (let i = 0; i < bits.length; i += 6) text += DIGITS.charAt(<i32>parseInt(bits.slice(i, i + 6), 2));
  return text;
}

describe("decodeBase64", () => {
  it("decodes the examples of RFC 4648, padded or not", () => {
    expect(decoded("")).toBe("");
    expect(decoded("Zg==")).toBe("f");
    expect(decoded("Zg")).toBe("f");
    expect(decoded("Zm8=")).toBe("fo");
    expect(decoded("Zm8")).toBe("fo");
    expect(decoded("Zm9v")).toBe("foo");
    expect(decoded("Zm9vYg==")).toBe("foob");
    expect(decoded("Zm9vYmE=")).toBe("fooba");
    expect(decoded("Zm9vYmFy")).toBe("foobar");
  });

  it("knows both alphabets", () => {
    expect(decoded("+/8=")).toBe("\u00fb\u00ff");
    expect(decoded("-_8=")).toBe("\u00fb\u00ff");
  });

  it("refuses what is no base64", () => {
    const wrong = ["Z", "Zg===", "Z===", "=", "Zm9vY", "Zm9v Zm9v", "Zm=v", "Zm9\u00e9", "Zm9v\n", "Zm9!"];
    for (let i = 0; i < wrong.length; i++) expect(decoded(wrong[i]) == null).toBe(true, wrong[i]);
  });

  it("decodes every byte at every place", () => {
    for (let length = 1; length <= 4; length++) {
      for (let byte = 0; byte < 256; byte++) {
        const bytes: i32[] = [];
        let expected = "";
        for (let i = 0; i < length; i++) {
          bytes.push((byte * (i + 1) + i) & 255);
          expected += String.fromCharCode(bytes[i]);
        }
        expect(decoded(encoded(bytes))).toBe(expected);
      }
    }
  });
});
