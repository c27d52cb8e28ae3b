import fc from "fast-check";
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { refusedByBoth, verdictOf } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);
const schemaAccepts = schemaOf("ratelimit");

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

const CONDITION = { name: "slow", when: "latency.p99 > 200ms", then: { percent: 50 } };
const QUOTA = { requests: 10, per: "second" };

function conditions(list: unknown): object {
  return { rules: [{ name: "r", quota: QUOTA, conditions: list }] };
}

/** One condition with some keys changed; undefined takes a key away. */
function condition(changes: object): object {
  return conditions([{ ...CONDITION, ...changes }]);
}

function loadReports(value: unknown): object {
  return { ...condition({}), load_reports: value };
}

const AT = "$.rules[0].conditions";
const NO_DURATIONS = ["", "3", "s", "3 s", "-3s", "1.5s", "3S", "3d", "1234567s", "3s ", 3, null, true];

refusedByBoth("ratelimit", () => module, schemaAccepts, [
  [AT, conditions({})],
  [AT, conditions([])],
  [AT, conditions(Array.from({ length: 9 }, (_, i) => ({ ...CONDITION, name: `c${i}` })))],
  [`${AT}[0]`, conditions([1])],
  [`${AT}[0]`, condition({ name: undefined })],
  [`${AT}[0]`, condition({ when: undefined })],
  [`${AT}[0]`, condition({ then: undefined })],
  [`${AT}[0].whilst`, condition({ whilst: "rps > 1" })],
  ...["", "Slow", "-a", "a.b", "é", "a".repeat(64), 1].map((name): [string, unknown] => [
    `${AT}[0].name`,
    condition({ name }),
  ]),
  ...["", "rps > 1".padEnd(513), 5, null, ["rps > 1"]].flatMap((text): [string, unknown][] => [
    [`${AT}[0].when`, condition({ when: text })],
    [`${AT}[0].until`, condition({ until: text })],
  ]),
  ...NO_DURATIONS.flatMap((text) =>
    ["for", "hold", "ramp"].map((key): [string, unknown] => [`${AT}[0].${key}`, condition({ [key]: text })]),
  ),
  [`${AT}[0].then`, condition({ then: 50 })],
  [`${AT}[0].then`, condition({ then: {} })],
  [`${AT}[0].then`, condition({ then: { percent: 50, quota: QUOTA } })],
  [`${AT}[0].then.rate`, condition({ then: { percent: 50, rate: 1 } })],
  ...[0, 0.99, -5, 1000.1, 1e9, "50", null].map((percent): [string, unknown] => [
    `${AT}[0].then.percent`,
    condition({ then: { percent } }),
  ]),
  [`${AT}[0].then.quota`, condition({ then: { quota: 5 } })],
  [`${AT}[0].then.quota`, condition({ then: { quota: { requests: 5 } } })],
  [`${AT}[0].then.quota.requests`, condition({ then: { quota: { requests: 0, per: "day" } } })],
  ["$.load_reports", loadReports(true)],
  ["$.load_reports.stripe", loadReports({ stripe: true })],
  ["$.load_reports.strip", loadReports({ strip: 1 })],
  ...["BIN", "text", "", 1, null].map((request_format): [string, unknown] => [
    "$.load_reports.request_format",
    loadReports({ request_format }),
  ]),
]);

describe("a condition that only the plugin can refuse", () => {
  const cases: [line: string, configuration: unknown][] = [
    [
      `${AT}[0].when: character 15: expected a duration such as 200ms, not a ratio`,
      condition({ when: "latency.p99 > 5%" }),
    ],
    [
      `${AT}[0].until: character 1: unknown signal "latency.p98"; did you mean latency.p90?`,
      condition({ until: "latency.p98 < 1s" }),
    ],
    [
      `${AT}[0].hold: expected a duration from 0s to 24h, a whole number and us, ms, s, m or h, not "25h"`,
      condition({ hold: "25h" }),
    ],
    [`${AT}[1].name: "slow" is the name of an earlier condition too`, conditions([CONDITION, CONDITION])],
  ];
  for (const [line, configuration] of cases) {
    test(line, async () => {
      assert.ok(schemaAccepts(configuration));
      const { verdict, lines } = await verdictOf(module, JSON.stringify(configuration));
      assert.equal(verdict, "refused");
      assert.deepEqual(lines, [`ratelimit: ${line}`]);
    });
  }
});

describe("a condition that both accept:", () => {
  for (const configuration of [
    condition({}),
    condition({ until: "latency.p99 < 100ms", for: "3s", hold: "0s", ramp: "24h" }),
    condition({ when: "not (rps < 100) && time >= 09:00 or load.named.queue * 2 > load.rps" }),
    condition({ then: { percent: 1 } }),
    condition({ then: { percent: 12.5 } }),
    condition({ then: { quota: { ...QUOTA, burst: 20 } } }),
    conditions(Array.from({ length: 8 }, (_, i) => ({ ...CONDITION, name: `c${i}` }))),
    loadReports({}),
    loadReports({ strip: true, request_format: "TEXT" }),
  ]) {
    test(JSON.stringify(configuration).slice(45, 145), async () => {
      assert.ok(schemaAccepts(configuration));
      assert.deepEqual(await verdictOf(module, JSON.stringify(configuration)), { verdict: "accepted", lines: [] });
    });
  }
});

test("3,000 random expressions are accepted, or refused at their key and a character", async () => {
  const operand = fc.constantFrom("rps", "latency.p99", "load.cpu", "time", "5", "5%", "200ms", "09:00", "x", "é");
  const operator = fc.constantFrom("<", ">=", "and", "or", "+", "*", "not", "(", ")", "=", "\u0000", '"');
  const text = fc.oneof(
    fc.array(fc.oneof(operand, operator), { maxLength: 12 }).map((parts) => parts.join(" ")),
    fc.tuple(operand, fc.constantFrom("<", ">=", "=="), operand).map((parts) => parts.join("")),
    fc.string({ maxLength: 40, unit: "binary" }),
  );
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(text, async (when) => {
      const { verdict, lines } = await verdictOf(module, JSON.stringify(condition({ when })));
      if (verdict === "accepted") accepted++;
      else assert.equal(verdict, "refused");
      for (const line of lines)
        assert.match(line, /^ratelimit: \$\.rules\[0\]\.conditions\[0\]\.when: (character \d+|expected 1)/);
    }),
    { numRuns: 3000, seed: SEED },
  );
  assert.ok(accepted > 100, `${accepted} accepted`);
});
