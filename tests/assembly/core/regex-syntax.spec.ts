import { Utf8 } from "../../../assembly/core/bytes";
import { Regex } from "../../../assembly/core/regex";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

function problem(pattern: string): string {
  return Regex.parse(pattern).problem;
}

const ESCAPE = "expected an escape of RE2 such as \\d, \\. or \\x{e9}";
const GROUP = "expected (?:, (?P<name> or flags such as (?i)";
const NOT_LINEAR = "expected no backreference or lookaround, which RE2 has not";

describe("A bad pattern", () => {
  it("is told by what was expected, and where", () => {
    expect(problem("a(b")).toBe('character 2: expected ")" to end what "(" begins');
    expect(problem("ab)")).toBe('character 3: expected "(" before ")"');
    expect(problem("a[b")).toBe('character 2: expected "]" to end what "[" begins');
    expect(problem("[]")).toBe('character 1: expected "]" to end what "[" begins');
    expect(problem("a[c-b]")).toBe("character 3: expected ascending order");
    expect(problem("a{3,2}")).toBe("character 2: expected ascending order");
    expect(problem("a{1001}")).toBe("character 2: expected at most 1000 times");
    expect(problem("a{99999999999}")).toBe("character 2: expected at most 1000 times");
    expect(problem("[[:letter:]]")).toBe("character 2: expected a class such as [:alpha:]");
    expect(problem("ab\\pN")).toBe("character 3: expected no class of Unicode");
    expect(problem("a(?i)é")).toBe("character 6: expected only ASCII under (?i)");
    expect(problem("(?i)[a-é]")).toBe("character 6: expected only ASCII under (?i)");
    expect(problem("(".repeat(65))).toBe("character 65: expected at most 64 groups inside one another");
    expect(problem("a".repeat(1025))).toBe("character 1025: expected at most 1024 characters");
  });

  it("repeats nothing", () => {
    const bad = ["*", "a|*", "(+)", "a**", "a+*", "a{2}{3}", "a*+", "(?i)*", "{2}"];
    const at = ["1", "3", "2", "3", "3", "5", "3", "5", "1"];
    for (let i = 0; i < bad.length; i++) {
      expect(problem(bad[i])).toBe(`character ${at[i]}: expected something to repeat before this`, bad[i]);
    }
  });

  it("has an escape that RE2 has not", () => {
    const bad = ["\\", "\\q", "\\Z", "\\C", "\\é", "\\x4", "\\x{}", "\\x{110000}", "\\xg0", "[\\b]", "[a-\\d]", "\\E"];
    const at = ["1", "1", "1", "1", "1", "1", "1", "1", "1", "2", "4", "1"];
    for (let i = 0; i < bad.length; i++) expect(problem(bad[i])).toBe(`character ${at[i]}: ${ESCAPE}`, bad[i]);
  });

  it("would take more than linear time", () => {
    const bad = ["(a)\\1", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "\\8"];
    const at = ["4", "1", "1", "1", "1", "1"];
    for (let i = 0; i < bad.length; i++) expect(problem(bad[i])).toBe(`character ${at[i]}: ${NOT_LINEAR}`, bad[i]);
  });

  it("has a group that RE2 has not", () => {
    const bad = ["(?", "(?x)", "(?P<>a)", "(?P<a b>c)", "(?P=n)", "(?>a)", "(?-)", "(?i-)", "(?--i)", "(?#c)", "(?P<a"];
    for (let i = 0; i < bad.length; i++) expect(problem(bad[i])).toBe(`character 1: ${GROUP}`, bad[i]);
  });
});

describe("The size of a pattern", () => {
  it("is bounded with its repetitions written out", () => {
    const large = "expected at most 511 characters once repetitions such as {64} are written out";
    expect(problem("a{511}")).toBe("");
    expect(problem("a{512}")).toBe(large);
    expect(problem("(((a{10}){10}){10}){10}")).toBe(large);
    expect(problem("(((a{1000}){1000}){1000}){1000}")).toBe(large);
    expect(problem("(((|){1000}){1000}){1000}")).toBe(large);
    expect(problem("a((|){1000}|b){500,}c|d")).toBe(large);
    expect(problem("((((){1000}){1000}){1000}){1000}")).toBe("");
    expect(problem("a{0,511}")).toBe("");
    expect(problem("(a?){511}")).toBe("");
    expect(problem("a|".repeat(511) + "a")).toBe(large);
  });

  it("counts up to three kinds of characters where there are edges of words", () => {
    expect(problem("[ab]{511}")).toBe("");
    expect(problem("\\b[ab]{511}")).toBe("");
    expect(problem("\\b.{255}")).toBe("");
    expect(problem("\\b.{256}")).not.toBe("");
  });

  it("is bounded in characters that differ", () => {
    let pattern = "";
    for (let i = 0; i < 254; i++) pattern += String.fromCharCode(0x4e00 + i);
    expect(problem(pattern)).toBe("");
    expect(problem(pattern + "a")).toBe("expected at most 255 characters that differ");
  });
});

describe("Any text", () => {
  it("is a pattern or has a problem, and can be asked", () => {
    const random = new Xoshiro256();
    random.seedPoor(20261121, 1, 2, 3);
    const pieces = "()[]{}*+?|\\^$.-,:=!<>P012abdDwWsSQEAzBxi_#é \n".split("");
    let good = 0;
    for (let round = 0; round < 3000; round++) {
      let pattern = "";
      for (let i = <i32>(random.next() % 12); i >= 0; i--) {
        pattern += pieces[<i32>(random.next() % <u64>pieces.length)];
      }
      const regex = Regex.parse(pattern);
      const matched = regex.matches(new Utf8("a0-b"));
      if (regex.problem == "") good++;
      else if (matched || !regex.problem.includes("expected ")) expect(regex.problem).toBe("a problem", pattern);
    }
    expect(good).toBeGreaterThan(300);
    expect(good).toBeLessThan(2700);
  });
});
