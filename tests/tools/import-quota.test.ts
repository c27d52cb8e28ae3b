import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Metered, meter } from "../../tools/import/quota.js";
import { evaluate, parseExpression, toSignals } from "../../tools/import/slime-expression.js";
import { plainTest } from "../../tools/import/text-test.js";
import { anywhere } from "../../tools/import/nginx-rules.js";

const SECOND_NS = 1_000_000_000n;
const LENGTH_S = { second: 1, minute: 60, hour: 3_600, day: 86_400 };

function bucket(maxTokens: number, tokensPerFill: number, seconds: number): Metered | string {
  return meter({ maxTokens, tokensPerFill, intervalNs: BigInt(Math.round(seconds * 1e9)) });
}

describe("a token bucket as a quota", () => {
  const exact: [number, number, number, Metered][] = [
    [100, 100, 60, { quota: { requests: 100, per: "minute" } }],
    [1, 1, 600, { quota: { requests: 6, per: "hour", burst: 1 } }],
    [2, 2, 10, { quota: { requests: 12, per: "minute", burst: 2 } }],
    [500, 100, 10, { quota: { requests: 10, per: "second", burst: 500 } }],
    [40, 20, 0.5, { quota: { requests: 40, per: "second" } }],
    [5, 5, 7, { quota: { requests: 5, per: "second", burst: 35 }, cost: { constant: 7 } }],
    [10, 99, 60, { quota: { requests: 10, per: "minute" } }], // a full bucket takes no more
  ];
  for (const [max, fill, seconds, expected] of exact)
    it(`${max} tokens, ${fill} each ${seconds} s`, () => assert.deepEqual(bucket(max, fill, seconds), expected));

  it("says why there is none", () => {
    assert.equal(bucket(0, 1, 1), "has no whole positive number of tokens");
    assert.equal(bucket(1, 1, 0), "has no positive fill interval");
    assert.equal(bucket(1, 1, 181 * 86_400), "needs more than 180 days to fill");
    assert.equal(bucket(2_000_000, 2_000_000, 1), "has a rate beyond what the plugin counts");
  });

  it("has exactly the rate and the burst of the bucket, whatever they are", () => {
    const whole = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: 1, max: 100_000 }), (maxTokens, tokensPerFill, milliseconds) => {
        const intervalNs = (BigInt(milliseconds) * SECOND_NS) / 1000n;
        const metered = meter({ maxTokens, tokensPerFill, intervalNs });
        if (typeof metered === "string") return;
        const { quota, cost = { constant: 1 } } = metered;
        const fill = Math.min(maxTokens, tokensPerFill);
        // requests / cost / period == fill / interval, as whole numbers
        const ours = BigInt(quota.requests) * BigInt(milliseconds);
        const theirs = BigInt(fill) * BigInt(cost.constant) * BigInt(LENGTH_S[quota.per]) * 1000n;
        assert.equal(ours, theirs);
        assert.equal(quota.burst ?? quota.requests, maxTokens * cost.constant);
      }),
      { numRuns: 2_000, seed: 20261121 },
    );
  });
});

describe("an expression of Slime", () => {
  const values: Record<string, number> = { "_base.pod": 3, "v1.cpu.max": 81 };
  const cases: [string, number | undefined][] = [
    ["100", 100],
    ["100/{{._base.pod}}", 34],
    ["(10+2)*{{ ._base.pod }}-1", 35],
    ["{{.v1.cpu.max}}>80&{{._base.pod}}<5", 1],
    ["{{.v1.cpu.max}}>90|1>2", 0],
    ["10/0", undefined],
    ["{{.other}}", undefined],
  ];
  for (const [text, expected] of cases)
    it(`${text} is ${expected}`, () =>
      assert.equal(
        evaluate(parseExpression(text)!, (name) => values[name]),
        expected,
      ));

  it("is none when it is something else", () => {
    for (const text of ["", "1 2", "(1", "1)", "a", "{{._base.pod}", "1>=2", "-", "+1"])
      assert.equal(parseExpression(text), undefined, text);
  });

  it("is written with signals of ours", () => {
    const expression = parseExpression("{{._base.rt}}>100&{{._base.rt}}-1<{{._base.max}}*2")!;
    const signals = new Map([
      ["_base.rt", "latency.p99 / 1ms"],
      ["_base.max", "inflight"],
    ]);
    assert.equal(
      toSignals(expression, (name) => signals.get(name)),
      "((latency.p99 / 1ms) > 100) and (((latency.p99 / 1ms) - 1) < (inflight * 2))",
    );
    assert.equal(
      toSignals(expression, () => undefined),
      undefined,
    );
  });
});

describe("a regular expression as a plain test", () => {
  const cases: [string, object | undefined][] = [
    ["a\\.b", { exact: "a.b" }],
    ["^free|trial$", { in: ["free", "trial"] }],
    ["(?:a|b)", { in: ["a", "b"] }],
    ["curl/.*", { prefix: "curl/" }],
    [".*-beta$", { suffix: "-beta" }],
    [".*", { present: true }],
    [".+", undefined],
    [".*a.*", undefined],
    ["a|", undefined],
    ["[ab]", undefined],
    ["\\d", undefined],
    ["(a|b).*", undefined],
  ];
  for (const [regex, expected] of cases) it(regex, () => assert.deepEqual(plainTest(regex), expected));

  it("holds for the same texts", () => {
    const piece = fc.constantFrom("a", "b", "\\.", ".", ".*", "|", "(", ")", "^", "$");
    const texts = ["", "a", "b", ".", "ab", "ba", "a.b", "aab", "bba", "x"];
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const regex = pieces.join("");
        const test = plainTest(regex);
        if (!test) return;
        for (const text of texts)
          assert.equal(holds(test, text), new RegExp(`^(?:${regex})$`, "s").test(text), `${regex} on ${text}`);
      }),
      { numRuns: 5_000, seed: 20261121 },
    );
  });
});

function holds(test: object, text: string): boolean {
  if ("exact" in test) return text === test.exact;
  if ("prefix" in test) return text.startsWith(test.prefix as string);
  if ("suffix" in test) return text.endsWith(test.suffix as string);
  return "in" in test ? (test.in as string[]).includes(text) : true;
}

describe("an expression that nginx looks for anywhere", () => {
  const cases: [string, string][] = [
    ["eu", ".*eu.*"],
    ["^eu", "eu.*"],
    ["eu$", ".*eu"],
    ["^eu$", "eu"],
    ["eu|uk", ".*(?:eu|uk).*"],
    ["cost\\$", ".*cost\\$.*"],
  ];
  for (const [regex, expected] of cases) it(regex, () => assert.equal(anywhere(regex), expected));
});
