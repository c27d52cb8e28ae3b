import { writeEscaped } from "../../../assembly/core/escape";

const TO = new ArrayBuffer(64);

function escaped(text: string, capacity: i32 = 64): string {
  const length = writeEscaped(text, changetype<usize>(TO), capacity);
  return String.UTF8.decodeUnsafe(changetype<usize>(TO), length);
}

describe("writeEscaped", () => {
  it("leaves printable text as it is, in UTF-8", () => {
    expect(escaped('$.rules[0]: "é € 𝄞"')).toBe('$.rules[0]: "é € 𝄞"');
  });

  it("keeps a line break or a terminal's escape from acting", () => {
    expect(escaped("a\r\n[error]\x1b[2J\0\x7f")).toBe("a\\x0d\\x0a[error]\\x1b[2J\\x00\\x7f");
  });

  it("doubles nothing: a backslash becomes an escape too, so that what is shown is unambiguous", () => {
    expect(escaped("\\x0a")).toBe("\\x5cx0a");
  });

  it("escapes C1 controls, line separators and lone surrogates", () => {
    expect(escaped("\u0085\u2028\u2029")).toBe("\\u0085\\u2028\\u2029");
    expect(escaped(String.fromCharCode(0xd834))).toBe("\\ud834");
    expect(escaped(String.fromCharCode(0xdd1e) + "a")).toBe("\\udd1ea");
  });

  it("cuts off before a character that might not fit", () => {
    expect(escaped("abcdefghij", 8)).toBe("abc");
    expect(escaped("abc", 5)).toBe("");
  });
});
