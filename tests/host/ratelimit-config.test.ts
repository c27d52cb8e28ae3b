import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { acceptedByBoth, refusedByBoth, refusedByPlugin, verdictOf } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { pluginSchema, schemaOf } from "../support/plugin-schema.js";
import { QUOTA, RULE, rule } from "../support/ratelimit-rules.js";

let module: PluginModule;
const schemaAccepts = schemaOf("ratelimit");
before(async () => {
  module = await pluginModule("ratelimit");
});

function quota(changes: object): object {
  return rule({ quota: { ...QUOTA, ...changes } });
}

const PERCENTS = [-0.01, 100.01, 1e300, "50", null, true];

/** What is wrong, and where the plugin must say so. */
const REFUSED: [path: string, configuration: unknown][] = [
  ["$", null],
  ["$", []],
  ["$", "text"],
  ["$", {}],
  ["$.rulse", { rules: [RULE], rulse: [] }],
  ["$.rules", { rules: {} }],
  ["$.rules", { rules: [] }],
  ["$.rules", { rules: Array.from({ length: 65 }, (_, i) => ({ ...RULE, name: `r${i}` })) }],
  ["$.rules[0]", { rules: [null] }],
  ...[0, 99, 200, 204, 302, 399, 600, 1000, 70_000, -429, 429.5, "429", null].map((status): [string, unknown] => [
    "$.status",
    { rules: [RULE], status },
  ]),
  ...[0, 63, 262_145, 2 ** 53, -1, "4096"].map((keys): [string, unknown] => [
    "$.max_keys",
    { rules: [RULE], max_keys: keys },
  ]),
  ["$.shadow", { rules: [RULE], shadow: 1 }],
  ["$.rules[0].shadow", rule({ shadow: "true" })],
  ["$.rules[0]", rule({ name: undefined })],
  ...["", "Rule", "-r", "r.1", "r=1", "é", "a".repeat(64), 1].map((name): [string, unknown] => [
    "$.rules[0].name",
    rule({ name }),
  ]),
  ["$.rules[0]", rule({ quota: undefined })],
  ["$.rules[0].quota", rule({ quota: 10 })],
  ["$.rules[0].quota", quota({ per: undefined })],
  ["$.rules[0].quota", quota({ requests: undefined })],
  ["$.rules[0].quota.per", quota({ per: "fortnight" })],
  ["$.rules[0].quota.per", quota({ per: 1 })],
  ["$.rules[0].quota.rate", quota({ rate: 1 })],
  ...[0, -1, 0.5, 1_000_001, 2 ** 53 + 2, 1e300, "5", null, true].map((requests): [string, unknown] => [
    "$.rules[0].quota.requests",
    quota({ requests }),
  ]),
  ["$.rules[0].quota.requests", quota({ requests: 60_000_001, per: "minute" })],
  ["$.rules[0].quota.requests", quota({ requests: 1_000_000_001, per: "hour" })],
  ...[0, -1, 1.5, 1_000_000_001, "5", null].map((burst): [string, unknown] => [
    "$.rules[0].quota.burst",
    quota({ burst }),
  ]),
  ...[0, 4097, 1.5, "1"].map((lease): [string, unknown] => ["$.rules[0].lease", rule({ lease })]),
  ...PERCENTS.flatMap((percent): [string, unknown][] => [
    ["$.enabled_percent", { rules: [RULE], enabled_percent: percent }],
    ["$.rules[0].enabled_percent", rule({ enabled_percent: percent })],
    ["$.rules[0].enforced_percent", rule({ enforced_percent: percent })],
  ]),
];

const KEYED = { ...RULE, key: { path: true } };

/** What a schema cannot say. */
const ONLY_BY_THE_PLUGIN: [line: string, configuration: unknown][] = [
  ['$.rules[1].name: "r" is the name of an earlier rule too', { rules: [RULE, RULE] }],
  [
    "$.rules[0].quota.burst: expected a burst that is earned within 180 days at this quota",
    quota({ requests: 1, per: "day", burst: 181 }),
  ],
  [
    "$.max_keys: expected at most 1048576 keys over all rules that have a key, not 1310720",
    { max_keys: 262_144, rules: ["a", "b", "c", "d", "e"].map((name) => ({ ...KEYED, name })) },
  ],
  [
    "$.enabled_percent: expected a number from 0 to 100 with at most two decimals, not 0.001",
    { rules: [RULE], enabled_percent: 0.001 },
  ],
];

const ACCEPTED: unknown[] = [
  rule({}),
  rule({ name: "0-a_".padEnd(63, "z") }),
  ...["second", "minute", "hour", "day"].map((per) => quota({ requests: 1_000_000, per, burst: 1 })),
  quota({ requests: 60_000_000, per: "minute" }),
  quota({ requests: 1_000_000_000, per: "hour", burst: 1_000_000_000 }),
  quota({ requests: 7, per: "day", burst: 20 }),
  quota({ requests: 1, per: "day", burst: 180 }),
  quota({ requests: 5.0 }),
  ...[400, 599].map((status) => ({ status, ...rule({}) })),
  ...[64, 262_144].map((max_keys) => ({ max_keys, rules: [KEYED] })),
  { max_keys: 262_144, rules: ["a", "b", "c", "d"].map((name) => ({ ...KEYED, name })) },
  { rules: Array.from({ length: 64 }, (_, i) => ({ ...RULE, name: `r${i}` })) },
  ...[1, 4096].map((lease) => rule({ lease })),
  ...[0, 12.5, 0.01, 100].map((percent) => ({
    ...rule({ enabled_percent: percent, enforced_percent: percent }),
    enabled_percent: percent,
  })),
];

const verdict = (configuration: string | Uint8Array) => verdictOf(module, configuration);

refusedByBoth("ratelimit", () => module, schemaAccepts, REFUSED);

refusedByPlugin("ratelimit", () => module, schemaAccepts, ONLY_BY_THE_PLUGIN);

acceptedByBoth(() => module, schemaAccepts, ACCEPTED);

test("every example of the schema is a good configuration", async () => {
  const examples = pluginSchema("ratelimit")["examples"] as unknown[];
  assert.ok(examples.length > 0);
  for (const example of examples) assert.equal((await verdict(JSON.stringify(example))).verdict, "accepted");
});
describe("text that is no configuration", () => {
  const cases: [name: string, text: string | Uint8Array, line: RegExp][] = [
    [
      "nothing",
      "",
      /^ratelimit: \$: the configuration is empty; expected an object with the key "rules" or "concurrency"$/,
    ],
    ["white space", " \r\n\t", /^ratelimit: \$: the configuration is empty/],
    ["truncated", '{"rules":[{"name":"a"', /^ratelimit: \$\.rules\[0\]: line 1, column 22: expected ',' or '}'/],
    ["ten megabytes", `{"rules":["${"x".repeat(10 << 20)}"]}`, /^ratelimit: \$: 10485774 bytes are too many/],
    ["a depth of 10,000", `{"rules":${"[".repeat(10_000)}`, /expected at most 32 levels/],
    ["repeated keys", '{"status":429,"status":430}', /^ratelimit: \$: line 1, column 15: repeated key "status"/],
    ["NaN", '{"status":NaN}', /^ratelimit: \$\.status: line 1, column 11: expected a JSON value/],
    ["1e309", '{"status":1e309}', /expected a number below 1e308/],
    [
      "a Struct",
      Buffer.from("\n\x12\n\x05limit\x12\x09\x11\0\0\0\0\0\0\x24\x40", "latin1"),
      /google\.protobuf\.StringValue/,
    ],
  ];
  for (const [name, text, line] of cases) {
    test(name, async () => {
      const result = await verdict(text);
      assert.equal(result.verdict, "refused");
      assert.equal(result.lines.length, 1);
      assert.match(result.lines[0]!, line);
    });
  }
});

test("all problems are told at once, on one line each, without control characters", async () => {
  const { lines } = await verdict(
    '{"max_key":1,"status":204,"x\\n":0,"rules":[{"name":"A","quota":{"requests":0,"per":"days"}},{"key":{"header":"X"}}]}',
  );
  const keys = [...Object.keys(pluginSchema("ratelimit")["properties"] as object), "disabled", "settings", "rollout"];
  const known = keys.map((key) => `"${key}"`);
  const [, listed] = /^ratelimit: \$\["x\\x0a"\]: unknown key; expected (.*)$/.exec(lines[1]!) ?? [];
  assert.deepEqual(listed?.split(", ").sort(), known.sort());
  lines.splice(1, 1);
  assert.deepEqual(lines, [
    'ratelimit: $.max_key: unknown key; did you mean "max_keys"?',
    "ratelimit: $.status: expected a whole number from 400 to 599, not 204",
    "ratelimit: $.rules[0].name: expected a letter or digit, then up to 62 of a-z, 0-9, _ and -",
    'ratelimit: $.rules[0].quota.per: expected one of "second", "minute", "hour", "day", not "days"; did you mean "day"?',
    "ratelimit: $.rules[0].quota.requests: expected a whole number from 1 to 1000000000, not 0",
    'ratelimit: $.rules[1]: expected the key "name", which is missing',
    "ratelimit: $.rules[1].key.header: expected a header name in lower case",
    'ratelimit: $.rules[1]: expected the key "quota", which is missing',
  ]);
});
