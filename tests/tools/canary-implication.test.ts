import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Implications } from "../../tools/canary/implication.js";

const implies = (one: unknown, other: unknown): boolean => new Implications().has(one, other);

type Condition = Record<string, unknown>;
type Headers = Partial<Record<string, string>>;

const header = (name: string, test: object): Condition => ({ header: { name, ...test } });
const A = header("x-a", { exact: "a" });
const B = header("x-b", { exact: "b" });

describe("Implications", () => {
  for (const [what, one, other] of [
    ["the same condition, keys in another order", A, { header: { exact: "a", name: "x-a" } }],
    ["one of several that must hold", { all: [A, B] }, A],
    ["several that hold together", { all: [B, A] }, { all: [A, B] }],
    ["one that suffices", A, { any: [B, A] }],
    ["several of which each suffices", { any: [A, B] }, { any: [B, A, header("x-c", { present: true })] }],
    ["an exact value, a list", A, header("x-a", { in: ["b", "a"] })],
    ["a list, a longer one", header("x-a", { in: ["a"] }), header("x-a", { in: ["a", "b"] })],
    ["an exact value, a prefix", header("x-a", { exact: "abc" }), header("x-a", { prefix: "ab" })],
    ["a prefix, a shorter one", header("x-a", { prefix: "abc" }), header("x-a", { prefix: "ab" })],
    ["a suffix, a shorter one", header("x-a", { suffix: "abc" }), header("x-a", { suffix: "bc" })],
    ["any value, presence", header("x-a", { prefix: "a" }), header("x-a", { present: true })],
    ["the reverse under not", { not: header("x-a", { prefix: "a" }) }, { not: A }],
  ] as [string, Condition, Condition][]) {
    it(`knows ${what}`, () => assert.equal(implies(one, other), true));
  }

  for (const [what, one, other] of [
    ["another header", A, header("x-b", { exact: "a" })],
    ["another kind", A, { cookie: { name: "x-a", exact: "a" } }],
    ["another list", header("x-a", { in_list: "one" }), header("x-a", { in_list: "two" })],
    ["a wider list", header("x-a", { in: ["a", "b"] }), A],
    ["a shorter prefix", header("x-a", { prefix: "a" }), header("x-a", { prefix: "ab" })],
    ["one of several alone", A, { all: [A, B] }],
    ["several of which one suffices", { any: [A, B] }, A],
    ["a condition and its contrary", A, { not: A }],
    ["a condition under not", { not: A }, { not: header("x-a", { prefix: "a" }) }],
    ["a regular expression that may match the value", A, header("x-a", { regex: "a" })],
    ["an empty list of conditions", { any: [] }, A],
    ["a value that is no condition", 1, A],
  ] as [string, unknown, Condition][]) {
    it(`does not take ${what} for it`, () => assert.equal(implies(one, other), false));
  }

  it("is right about every request when it says so", () => {
    let known = 0;
    fc.assert(
      fc.property(condition, condition, fc.array(request, { minLength: 20, maxLength: 20 }), (one, other, requests) => {
        if (!implies(one, other)) return;
        known += 1;
        for (const headers of requests)
          if (holds(one, headers)) assert.ok(holds(other, headers), JSON.stringify(headers));
      }),
      { numRuns: 20_000, seed: 20261121 },
    );
    assert.ok(known > 500, `only ${known} implications were found to try`);
  });

  it("ends soon on conditions that hide each other", () => {
    const deep = (levels: number): Condition =>
      levels === 0 ? A : { [levels % 2 ? "all" : "any"]: Array.from({ length: 4 }, () => deep(levels - 1)) };
    const started = Date.now();
    assert.equal(implies({ all: [deep(6), B] }, { not: deep(6) }), false);
    assert.ok(Date.now() - started < 5_000);
  });

  it("compares all the texts that a policy has room for soon", () => {
    const texts = (from: number): string[] => Array.from({ length: 1000 }, (_, i) => `user-${from + i}`);
    const rules = Array.from({ length: 64 }, (_, i) => header("x-a", { in: texts(i) }));
    const started = Date.now();
    const implications = new Implications();
    for (const [i, one] of rules.entries())
      for (const other of rules.slice(0, i)) assert.equal(implications.has(one, other), false);
    assert.ok(Date.now() - started < 5_000);
  });
});

const value = fc.constantFrom("a", "ab", "abc", "b", "bc", "c");
const test = fc.oneof(
  fc.record({ exact: value }),
  fc.record({ prefix: value }),
  fc.record({ suffix: value }),
  fc.record({ in: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ present: fc.boolean() }),
);
const leaf = fc.tuple(fc.constantFrom("x-a", "x-b"), test).map(([name, one]) => header(name, one));
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ all: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie("condition") }),
  ),
}));
const request = fc.record({ "x-a": fc.option(value, { nil: undefined }), "x-b": fc.option(value, { nil: undefined }) });

/** What canary does, in a few words. */
function holds(one: Condition, headers: Headers): boolean {
  const [[kind, inner] = []] = Object.entries(one);
  if (kind === "all") return (inner as Condition[]).every((part) => holds(part, headers));
  if (kind === "any") return (inner as Condition[]).some((part) => holds(part, headers));
  if (kind === "not") return !holds(inner as Condition, headers);
  const { name, ...rest } = inner as { name: string };
  const [[how, text] = []] = Object.entries(rest) as [string, unknown][];
  const found = headers[name];
  if (how === "present") return (found !== undefined) === text;
  if (found === undefined) return false;
  if (how === "in") return (text as string[]).includes(found);
  if (how === "exact") return found === text;
  return how === "prefix" ? found.startsWith(text as string) : found.endsWith(text as string);
}
