import { Utf8 } from "../../../assembly/core/bytes";
import { decodesTo, escapedByte, isEncoded, percentDecode } from "../../../assembly/core/percent-encoding";

function decoded(text: string, form: bool = false): string {
  const bytes = new Utf8(text);
  const to = new Utf8("?".repeat(bytes.length));
  to.length = percentDecode(bytes, to.ptr, form);
  return to.toString();
}

describe("percentDecode", () => {
  it("undoes escapes in digits of either case", () => {
    expect(decoded("a%41%4a%4A%7eb")).toBe("aAJJ~b");
    expect(decoded("%C3%a9")).toBe("é");
    expect(decoded("%2541")).toBe("%41", "once only");
    expect(decoded("")).toBe("");
  });

  it("leaves what is no escape", () => {
    expect(decoded("100%")).toBe("100%");
    expect(decoded("%4")).toBe("%4");
    expect(decoded("%G1%1g%%41")).toBe("%G1%1g%A");
  });

  it("takes + for a space in a form only", () => {
    expect(decoded("a+b%2B")).toBe("a+b+");
    expect(decoded("a+b%2B", true)).toBe("a b+");
  });
});

describe("isEncoded", () => {
  it("is true when decoding could change the text", () => {
    expect(isEncoded(new Utf8("plain-text"), true)).toBe(false);
    expect(isEncoded(new Utf8("a%41"), false)).toBe(true);
    expect(isEncoded(new Utf8("a+b"), false)).toBe(false);
    expect(isEncoded(new Utf8("a+b"), true)).toBe(true);
  });
});

describe("decodesTo", () => {
  it("compares as after decoding", () => {
    const texts = ["user", "%75ser", "us%65r", "%75%73%65%72"];
    for (let i = 0; i < texts.length; i++) {
      expect(decodesTo(new Utf8(texts[i]), new Utf8("user"), true)).toBe(true, texts[i]);
      expect(decodesTo(new Utf8(texts[i]), new Utf8("use"), true)).toBe(false, texts[i]);
      expect(decodesTo(new Utf8(texts[i]), new Utf8("users"), true)).toBe(false, texts[i]);
    }
    expect(decodesTo(new Utf8("a+b"), new Utf8("a b"), true)).toBe(true);
    expect(decodesTo(new Utf8("a+b"), new Utf8("a b"), false)).toBe(false);
    expect(decodesTo(new Utf8("use%"), new Utf8("use%"), true)).toBe(true);
    expect(decodesTo(new Utf8(""), new Utf8(""), true)).toBe(true);
  });
});

describe("escapedByte", () => {
  it("reads no byte beyond the end", () => {
    const text = new Utf8("%41");
    expect(escapedByte(text.ptr, text.ptr + 3)).toBe(0x41);
    expect(escapedByte(text.ptr, text.ptr + 2)).toBe(-1);
    expect(escapedByte(text.ptr + 1, text.ptr + 3)).toBe(-1);
  });
});
