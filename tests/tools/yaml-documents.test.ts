import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseYaml } from "../../tools/policy/yaml-documents.js";

/** Findings as "line:column code". */
function found(text: string): string[] {
  return parseYaml("p.yaml", text).findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe("parseYaml", () => {
  it("reads documents as JSON values", () => {
    const { documents, findings } = parseYaml("p.yaml", "a: 1\n---\nb: [x, ~, true, 1.5, no]\n");
    assert.deepEqual(findings, []);
    assert.deepEqual(
      documents.map(({ value }) => value),
      [{ a: 1 }, { b: ["x", null, true, 1.5, "no"] }],
    );
  });

  it("stays with YAML 1.2's core schema whatever a directive says", () => {
    assert.deepEqual(parseYaml("p.yaml", "%YAML 1.1\n---\na: no\n").documents[0]?.value, { a: "no" });
  });

  it("knows the place of a value and of a key, also of Unicode, CRLF and flow text", () => {
    const { documents } = parseYaml("p.yaml", 'ключ: {a: 1, b: [2, {c: 3}]}\r\nд: "é"\r\n');
    const place = (path: (string | number)[], at?: "key"): string => {
      const { line, column } = documents[0]!.locate(path, at);
      return `${line}:${column}`;
    };
    assert.equal(place(["ключ", "b", 1, "c"]), "1:25");
    assert.equal(place(["ключ", "b", 1, "c"], "key"), "1:22");
    assert.equal(place(["д"]), "2:4");
    assert.equal(place(["ключ", "b", 1, "d"]), "1:21", "what is missing is at what surrounds it");
    assert.equal(place(["x", "y"]), "1:1");
  });

  it("points into the anchored text for a value behind an alias", () => {
    const { documents } = parseYaml("p.yaml", "a: &x {k: 1}\nb: *x\n");
    assert.deepEqual(documents[0]?.value, { a: { k: 1 }, b: { k: 1 } });
    assert.deepEqual(documents[0]?.locate(["b", "k"]), { line: 1, column: 11 });
  });

  it("finds text that is no YAML, once a document", () => {
    assert.deepEqual(found("a: [1,\nb: 2\n---\nc: 'x\n"), ["2:1 TG1003", "5:1 TG1003"]);
    assert.deepEqual(found("\ta: 1"), ["1:1 TG1003"]);
    assert.deepEqual(found("a: *nowhere"), ["1:4 TG1003"]);
  });

  it("finds every key that stands twice, and goes on", () => {
    assert.deepEqual(found("a: 1\nb: {c: 1, c: 2}\na: 3\n"), ["2:11 TG1004", "3:1 TG1004"]);
    assert.equal(parseYaml("p.yaml", "a: 1\na: 2").documents.length, 1);
    assert.match(parseYaml("p.yaml", '"a b": 1\n"a b": 2').findings[0]!.message, /"a b"/);
  });

  it("tells an empty file from an empty document", () => {
    assert.deepEqual(found(""), ["1:1 TG1005"]);
    assert.deepEqual(found("# only a comment\n"), ["1:1 TG1005"]);
    assert.deepEqual(found("---\n---\na: 1\n"), ["1:1 TG1006"]);
  });

  it("refuses what JSON cannot say", () => {
    assert.deepEqual(found("a: .nan"), ["1:4 TG1007"]);
    assert.deepEqual(found("a: -.inf"), ["1:4 TG1007"]);
    assert.deepEqual(found("a: 1e999"), ["1:4 TG1007"]);
    assert.deepEqual(found("a: 9007199254740993"), ["1:4 TG1007"]);
    assert.deepEqual(found("1: a\n? [b]\n: c"), ["1:1 TG1007", "2:3 TG1007"]);
    assert.deepEqual(found("a: !!binary aGk="), ["1:13 TG1007"]);
    assert.deepEqual(found("a: !mine 1"), ["1:4 TG1007"]);
  });

  it("keeps keys that mean something to JavaScript", () => {
    const { value } = parseYaml("p.yaml", "__proto__: {a: 1}\nconstructor: 2").documents[0]!;
    assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"]);
    assert.equal(({} as { a?: number }).a, undefined);
  });

  it("survives depth, cycles and aliases that stand for billions", () => {
    assert.deepEqual(found("[".repeat(200_000)), ["1:101 TG1008"]);
    assert.deepEqual(found("- ".repeat(50_000)), ["1:200 TG1008"]);
    assert.deepEqual(found("a: &a [*a]"), ["1:8 TG1008"]);
    const bomb = ["a0: &a0 [x]", ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
    assert.deepEqual(
      found(bomb.join("\n")).map((line) => line.slice(-6)),
      ["TG1008"],
    );
    assert.deepEqual(found("a".repeat(5_000_000)), ["1:1 TG1002"]);
  });
});
