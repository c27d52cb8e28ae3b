// The linear-time regular expressions of assembly/core beside JavaScript's, and what they cost.
import fc from "fast-check";
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { RegexModule } from "../support/regex.js";
import { largePatterns, nearPatterns, patterns, values } from "../support/regex-inputs.js";

const SEED = 20261121;

let regex: RegexModule;
before(async () => {
  regex = await RegexModule.load();
});

test("20,000 patterns match what they match in JavaScript, whole values and parts", () => {
  const counts = { true: 0, false: 0 };
  const check = (re2: string, js: string, texts: string[]) => {
    assert.equal(regex.parse(re2), "");
    const expected = new RegExp(`^(?:${js})$`, "su");
    for (const text of texts) {
      const matched = expected.test(text);
      counts[`${matched}`]++;
      assert.equal(regex.matches(text), matched, JSON.stringify(text));
    }
  };
  fc.assert(
    fc.property(patterns, fc.array(values, { minLength: 10, maxLength: 10 }), ({ re2, js }, texts) => {
      check(re2, js, texts);
      check(`(?s:.*)(?:${re2})(?s:.*)`, `.*(?:${js}).*`, texts);
    }),
    { seed: SEED, numRuns: 20_000 },
  );
  assert.ok(counts.true > 100_000 && counts.false > 100_000, JSON.stringify(counts));
});

test("100,000 texts are patterns or have a problem, and never trap", () => {
  const anything = fc.oneof(
    { weight: 4, arbitrary: nearPatterns },
    { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
    { weight: 1, arbitrary: largePatterns },
  );
  const bytes = fc.uint8Array({ maxLength: 60 });
  const counts = { good: 0, bad: 0 };
  fc.assert(
    fc.property(anything, bytes, (pattern, value) => {
      const problem = regex.parse(pattern);
      const matched = regex.matches(value);
      if (problem === "") counts.good++;
      else counts.bad++;
      if (problem !== "") assert.match(problem, /^(character \d+: )?expected /);
      assert.ok(problem === "" || !matched);
    }),
    { seed: SEED, numRuns: 100_000 },
  );
  assert.ok(counts.good > 10_000 && counts.bad > 10_000, JSON.stringify(counts));
});

describe("the time of a match", () => {
  const random = (length: number) => {
    let state = SEED;
    return Array.from({ length }, () => "ab"[((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16) & 1]);
  };
  const cases: [pattern: string, value: (length: number) => string][] = [
    ["(a*)*b", (length) => "a".repeat(length)],
    ["(a|a)*b", (length) => "a".repeat(length)],
    ["(x+x+)+y", (length) => "x".repeat(length)],
    ["(a?){250}a{250}b", (length) => "a".repeat(length)],
    ["(.*)*,(.*)*b", (length) => "a,".repeat(length / 2)],
    ["(a?b?){200}c|.*a.{60}", (length) => random(length).join("")],
    [".*a.{400}", (length) => random(length).join("")],
  ];
  for (const [pattern, value] of cases) {
    test(`grows with the value's length for ${pattern}`, () => {
      assert.equal(regex.parse(pattern), "");
      const short = regex.fastest(value(1024), 20);
      const long = regex.fastest(value(8192), 20);
      // 8 if linear, 64 if quadratic; a clock of a shared machine needs room.
      assert.ok(long < 30 * (short + 0.005), `${short} ms for 1 KB, ${long} ms for 8 KB`);
      assert.ok(long < 200, `${long} ms`);
    });
  }
});

test("matching allocates nothing, however many states a value leads through", async () => {
  const counting = await RegexModule.load("counting");
  let value = "ab";
  while (value.length < 4096) value += value + (value.length % 3 ? "a" : "bb");
  for (const pattern of ["v[0-9]+", ".*a.{300}", "(a|b)*é?", "\\b(a+|b)*\\B", "bad("]) {
    counting.parse(pattern);
    const before = [counting.allocations, counting.memoryBytes];
    for (const text of ["v1", "", value, "é", value + "é", "x".repeat(60_000)]) counting.matches(text);
    assert.deepEqual([counting.allocations, counting.memoryBytes], before, pattern);
  }
  assert.ok(counting.allocations > 0, "allocations are counted");
});
