// Rollouts as the schema of every plugin's configuration describes them and as plugins take them: one and the same set.
import { Ajv2020 } from "ajv/dist/2020.js";
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { acceptedByBoth, refusedByBoth, refusedByPlugin } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";

let module: PluginModule;
const { schema } = discoverPlugins().get("trace")!;
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);
const schemaAccepts = (value: unknown) => validate(value);
before(async () => {
  module = await pluginModule("trace");
});

const ROLLOUT = { percent: 10, salt: "2026-11-limits", stable: { start: false } };
const rollout = (change: object) => ({ rollout: { ...ROLLOUT, ...change } });
const revert = (change: object) => rollout({ revert: change });
const atEach = (key: string, values: unknown[], of: (change: object) => object): [string, unknown][] =>
  values.map((value) => [`$.rollout.${key}`, of({ [key.replace("revert.", "")]: value })]);
const WRONG_TIMES = ["1", "1d", "-1s", "1.5s", 5, ""];

refusedByBoth("trace", () => module, schemaAccepts, [
  ["$.rollout", { rollout: 5 }],
  ["$.rollout", { rollout: { ...ROLLOUT, stable: undefined } }],
  ["$.rollout", { rollout: { ...ROLLOUT, salt: undefined } }],
  ["$.rollout", { rollout: { ...ROLLOUT, percent: undefined } }],
  ...atEach("percent", [-1, 100.01, "5", null], rollout),
  ...atEach("salt", ["", "-a", "a b", "a.b", "x".repeat(64), 5], rollout),
  ...atEach("stable", [5, []], rollout),
  ["$.rollout.stable.begin", rollout({ stable: { begin: false } })],
  ["$.rollout.stable.rollout", rollout({ stable: { rollout: ROLLOUT } })],
  ["$.rollout.stable.start", rollout({ stable: { disabled: true, start: false } })],
  ["$.rollout.reverts", rollout({ reverts: {} })],
  ...atEach("revert.baseline", WRONG_TIMES, revert),
  ...atEach("revert.max_baseline", WRONG_TIMES, revert),
  ...atEach("revert.watch", WRONG_TIMES, revert),
  ...atEach("revert.min_requests", [9, 1_000_001, 10.5, "50"], revert),
  ...atEach("revert.enabled", ["yes", 1], revert),
  ["$.rollout.revert.errors.more_percent", revert({ errors: { more_percent: 0.05 } })],
  ["$.rollout.revert.rejections.more_percent", revert({ rejections: { more_percent: 101 } })],
  ["$.rollout.revert.rejections.more", revert({ rejections: { more: 1 } })],
]);

const TIME = (key: string, most: string) =>
  `$.rollout.revert.${key}: expected a duration from 1s to 24h, a whole number and us, ms, s, m or h, not "${most}"`;
const LONGER = 'expected a "max_baseline" that is at least as long as "baseline"';
refusedByPlugin("trace", () => module, schemaAccepts, [
  [
    "$.rollout.percent: expected a number from 0 to 100 with at most two decimals, not 1.234",
    rollout({ percent: 1.234 }),
  ],
  [TIME("watch", "25h"), revert({ watch: "25h" })],
  [TIME("baseline", "999ms"), revert({ baseline: "999ms" })],
  [`$.rollout.revert.baseline: ${LONGER}`, revert({ baseline: "16m" })],
  [`$.rollout.revert.max_baseline: ${LONGER}`, revert({ max_baseline: "59s" })],
]);

acceptedByBoth(() => module, schemaAccepts, [
  rollout({}),
  rollout({ percent: 33.33, stable: {} }),
  rollout({ percent: 0, stable: { disabled: true } }),
  { disabled: true, ...rollout({ percent: 100 }) },
  rollout({ stable: { settings: [{ name: "a", match: { ports: [80] }, config: { start: true } }] } }),
  revert({}),
  revert({ enabled: false, baseline: "1s", max_baseline: "1s", watch: "24h", min_requests: 1_000_000 }),
  revert({ errors: { more_percent: 0.1 }, rejections: { more_percent: 100 } }),
  revert({ errors: {}, rejections: {} }),
]);

describe("the defaults", () => {
  test("of the schema are the plugin's", () => {
    const { rollout_revert } = schema["$defs"] as {
      rollout_revert: { properties: Record<string, { default?: unknown }> };
    };
    const defaults = Object.entries(rollout_revert.properties).flatMap(([key, { default: value }]) =>
      value === undefined ? [] : [[key, value]],
    );
    // tests/assembly/plugin/rollout/config.spec.ts has the plugin's.
    assert.deepEqual(Object.fromEntries(defaults), { enabled: true, baseline: "1m", max_baseline: "15m", watch: "30m", min_requests: 50 }); // prettier-ignore
  });
});
