import { headerNameProblem, headerValueProblem } from "../../../assembly/core/header-name";

describe("headerNameProblem", () => {
  it("accepts lower-case tokens", () => {
    const good = ["x-canary", "x_user.id", "a", "!#$%&'*+-.^_`|~0", "x".repeat(128)];
    for (let i = 0; i < good.length; i++) expect<string>(headerNameProblem(good[i], true)).toBe("");
  });

  it("refuses everything else", () => {
    const bad = ["", "X-Canary", "x canary", ":path", "x:y", "x\ny", "x\0", "\u00e9", "x/y", "x".repeat(129)];
    for (let i = 0; i < bad.length; i++) {
      expect<bool>(headerNameProblem(bad[i]).startsWith("expected ")).toBe(true, bad[i]);
    }
  });

  it("refuses to write what frames the message, but lets it be read", () => {
    const framing = ["host", "content-length", "transfer-encoding", "connection"];
    for (let i = 0; i < framing.length; i++) {
      expect<bool>(headerNameProblem(framing[i], true).length > 0).toBe(true, framing[i]);
      expect<string>(headerNameProblem(framing[i])).toBe("");
    }
  });
});

describe("headerValueProblem", () => {
  it("accepts text, white space inside and UTF-8", () => {
    const good = ["", "v2", "a b\tc", "caf\u00e9"];
    for (let i = 0; i < good.length; i++) expect<string>(headerValueProblem(good[i])).toBe("");
  });

  it("refuses control characters, white space around and long values", () => {
    const bad = ["a\r\nb", "a\nb", "a\rb", "\0", "\u007f", " a", "a ", "a\t", "\u20ac".repeat(342)];
    for (let i = 0; i < bad.length; i++) {
      expect<bool>(headerValueProblem(bad[i]).startsWith("expected ")).toBe(true, bad[i]);
    }
  });
});
