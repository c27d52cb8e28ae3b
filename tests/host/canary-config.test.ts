import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { refusedByBoth, verdictOf } from "../support/contract.js";
import { start } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";
import { pluginSchema, schemaOf } from "../support/plugin-schema.js";

let module: PluginModule;
const schemaAccepts = schemaOf("canary");
before(async () => {
  module = await pluginModule("canary");
});

const RULE = { name: "r", arm: "v2", match: { header: { name: "x-id", in: ["1001"] } } };
const SHARE = { name: "s", arm: "v2", percent: 5, key: { header: "x-id" }, salt: "s" };

/** One rule with some keys changed; undefined takes a key away. */
function rule(changes: object, base: object = RULE): object {
  return { rules: [{ ...base, ...changes }] };
}

/** A rule for the ids of a list. */
function listed(ids: unknown[]): object {
  return { lists: { testers: { ids } }, ...rule({ match: { header: { name: "x-id", in_list: "testers" } } }) };
}

/** What is wrong, and where the plugin must say so. */
const REFUSED: [path: string, configuration: unknown][] = [
  ["$", null],
  ["$", []],
  ["$", "text"],
  ["$", {}],
  ["$.rulse", { rules: [], rulse: [] }],
  ["$.rules", { rules: {} }],
  ["$.rules", { rules: Array.from({ length: 65 }, (_, i) => ({ ...RULE, name: `r${i}` })) }],
  ["$.rules[0]", { rules: [null] }],
  ["$.default", { rules: [], default: "" }],
  ["$.default", { rules: [], default: "v 1" }],
  ["$.default", { rules: [], default: "v1\r\nx: y" }],
  ["$.default", { rules: [], default: null }],
  ...[
    "",
    "x canary",
    "X-Canary",
    ":path",
    "host",
    "content-length",
    "transfer-encoding",
    "x\n",
    "é",
    "x".repeat(129),
    7,
  ].map((name): [string, unknown] => ["$.decision_header", { rules: [], decision_header: name }]),
  ["$.rules[0]", rule({ name: undefined })],
  ["$.rules[0].name", rule({ name: "Rule" })],
  ["$.rules[0].name", rule({ name: "a".repeat(64) })],
  ["$.rules[0]", rule({ arm: undefined })],
  ["$.rules[0].arm", rule({ arm: "v2,v3" })],
  ["$.rules[0].arm", rule({ arm: 2 })],
  ["$.rules[0]", rule({ arm: "v2", split: [{ arm: "v3", percent: 5 }], key: { header: "x-id" }, salt: "s" })],
  ["$.rules[0]", rule({ lane: { from: { header: "x-lane" }, lanes: ["v2"] } })],
  ["$.rules[0].percent", { rules: [{ ...SHARE, arm: undefined, split: [{ arm: "v2", percent: 5 }] }] }],
  ["$.rules[0].salt", rule({ salt: "s" })],
  ["$.rules[0].key", rule({ key: { header: "x-id" } })],
  ["$.rules[0].header", rule({ header: { name: "x-id", exact: "a" } })],
  ["$.rules[0].match", rule({ match: "x-id" })],
  ["$.trusted", { ...rule({}), trusted: [] }],
  ["$.arms", { ...rule({}), arms: {} }],
  ["$.arms[0]", { ...rule({}), arms: [{ value: "v" }] }],
  ["$.arms[0].name", { ...rule({}), arms: [{ name: "v 2" }] }],
  ["$.arms[0].weight", { ...rule({}), arms: [{ name: "v2", weight: 5 }] }],
  ...["", " v", "v ", "a,b", "a\nb", "a".repeat(257), 5].map((value): [string, unknown] => [
    "$.arms[0].value",
    { ...rule({}), arms: [{ name: "v2", value }] },
  ]),
  ["$.debug.header", { ...rule({}), debug: { header: "x-d" } }],
  ["$.debug.response_header", { ...rule({}), debug: { response_header: "X D" } }],
  ["$.debug.response_header", { ...rule({}), debug: { response_header: "content-length" } }],
  ["$.debug.response_header", { ...rule({}), debug: { response_header: "set-cookie" } }],
  ["$.debug.attribute", { ...rule({}), debug: { attribute: "yes" } }],
  ["$.rules[0]", rule({ salt: undefined }, SHARE)],
  ["$.rules[0]", rule({ key: undefined }, SHARE)],
  ["$.rules[0].salt", rule({ salt: "" }, SHARE)],
  ["$.rules[0].salt", rule({ salt: "s".repeat(257) }, SHARE)],
  ["$.rules[0].key", rule({ key: {} }, SHARE)],
  ["$.rules[0].key", rule({ key: { header: "x-id", cookie: "id" } }, SHARE)],
  ["$.rules[0].key.header", rule({ key: { header: "X" } }, SHARE)],
  ...[-1, 100.01, 1e300, -0.01, "5", null, [5]].map((percent): [string, unknown] => [
    "$.rules[0].percent",
    rule({ percent }, SHARE),
  ]),
];

/** What a schema cannot say. */
const ONLY_BY_THE_PLUGIN: [path: string, configuration: unknown][] = [
  ["$.rules[0].percent", rule({ percent: 12.345 }, SHARE)],
  ["$.rules[0].percent", rule({ percent: 1e-9 }, SHARE)],
  ["$.rules[1].name", { rules: [RULE, RULE] }],
  ["$.rules[0].key.header", { decision_header: "x-arm", ...rule({ key: { header: "x-arm" } }, SHARE) }],
  ["$.arms[0].name", { ...rule({}), arms: [{ name: "v3" }] }],
  ["$.arms[1].name", { ...rule({}), arms: [{ name: "v2" }, { name: "v2" }] }],
  ["$.arms[0].value", { ...rule({}), default: "v1", arms: [{ name: "v2", value: "v1" }] }],
];

const ACCEPTED: unknown[] = [
  { rules: [] },
  { default: "v1", rules: [] },
  rule({}),
  rule({}, SHARE),
  ...[0, 100, 33.33, 0.01, -0, 12.5].map((percent) => rule({ percent }, SHARE)),
  rule({ match: undefined }),
  { ...rule({}), trusted: { header: { name: "x-hop", exact: "edge" } } },
  { ...rule({}), arms: [{ name: "v2", value: "outbound|9080|v2|reviews.default.svc.cluster.local" }] },
  { ...rule({}), debug: {} },
  { ...rule({}), debug: { response_header: "x-canary-decision", attribute: true } },
  rule({ arm: "V2.1_rc-1", name: "0-a_" }),
];

const verdict = (configuration: string | Uint8Array) => verdictOf(module, configuration);

refusedByBoth("canary", () => module, schemaAccepts, REFUSED);

describe("a configuration that only the plugin can refuse", () => {
  for (const [path, configuration] of ONLY_BY_THE_PLUGIN) {
    const text = JSON.stringify(configuration);
    test(`${path} of ${text.slice(0, 100)}`, async () => {
      assert.equal(schemaAccepts(configuration), true, "the schema can say it");
      const { verdict: found, lines } = await verdict(text);
      assert.equal(found, "refused");
      assert.equal(lines.length, 1);
      assert.ok(lines[0]!.startsWith(`canary: ${path}: expected `) || lines[0]!.includes("of an earlier "), lines[0]);
    });
  }
});

describe("a good configuration", () => {
  for (const configuration of ACCEPTED) {
    const text = JSON.stringify(configuration);
    test(text.slice(0, 100), async () => {
      assert.equal(schemaAccepts(JSON.parse(text)), true);
      assert.deepEqual(await verdict(text), { verdict: "accepted", lines: [] });
    });
  }

  test("every example of the schema", async () => {
    const examples = pluginSchema("canary")["examples"] as unknown[];
    assert.ok(examples.length > 0);
    for (const example of examples) assert.equal((await verdict(JSON.stringify(example))).verdict, "accepted");
  });
});

test("the default decision header is that of the schema", async () => {
  const { decision_header: schema } = pluginSchema("canary")["properties"] as { decision_header: { default: string } };
  const { plugin } = await start(module, '{"rules":[],"default":"v1"}');
  const stream = plugin.openStream();
  stream.requestHeaders([[":path", "/"]], true);
  assert.deepEqual([...stream.request.headers].at(-1), [schema.default, "v1"]);
});

test("100,000 ids of a list are accepted, one more is refused, by schema and plugin", async () => {
  for (const [count, expected] of [
    [100_000, "accepted"],
    [100_001, "refused"],
  ] as const) {
    const configuration = listed(Array.from({ length: count }, (_, id) => `user-${id}`));
    assert.equal(schemaAccepts(configuration), expected === "accepted");
    assert.equal((await verdict(JSON.stringify(configuration))).verdict, expected);
  }
});

describe("text that is no configuration", () => {
  const cases: [name: string, text: string | Uint8Array, line: RegExp][] = [
    ["nothing", "", /^canary: \$: the configuration is empty/],
    ["white space", " \r\n\t", /^canary: \$: the configuration is empty/],
    ["truncated", '{"rules":[{"name":"a"', /^canary: \$\.rules\[0\]: line 1, column 22: expected ',' or '}'/],
    ["ten megabytes", `{"rules":["${"x".repeat(10 << 20)}"]}`, /^canary: \$: 10485774 bytes are too many/],
    ["a depth of 10,000", `{"rules":${"[".repeat(10_000)}`, /expected at most 32 levels/],
    [
      "repeated keys",
      '{"rules":[],"default":"v1","default":"v2"}',
      /^canary: \$: line 1, column 28: repeated key "default"/,
    ],
    ["NaN", '{"rules":NaN}', /^canary: \$\.rules: line 1, column 10: expected a JSON value/],
    ["1e309", '{"rules":1e309}', /^canary: \$\.rules: line 1, column 10: expected a number below 1e308/],
    ["invalid UTF-8", Buffer.from('{"rules":["\xff"]}', "latin1"), /^canary: \$\.rules\[0\]: .*not valid UTF-8/],
    ["a byte order mark", '\ufeff{"rules":[]}', /without a byte order mark/],
    [
      "a Struct",
      Buffer.from("\n\x12\n\x05limit\x12\x09\x11\0\0\0\0\0\0\x24\x40", "latin1"),
      /google\.protobuf\.StringValue/,
    ],
    ["a second value", '{"rules":[]} {}', /^canary: \$: line 1, column 14: expected the end of the text/],
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

test("all problems are told at once, on one line each", async () => {
  const { lines } = await verdict(
    '{"defualt":"v1","rules":[{"name":"A","arm":"v 2"},{"arm":"v2","percent":101}],"x\\n":0}',
  );
  assert.deepEqual(lines, [
    'canary: $.defualt: unknown key; did you mean "default"?',
    'canary: $["x\\x0a"]: unknown key; expected "decision_header", "default", "trusted", "arms", "lists", "rules", "lane_propagation", "debug", "disabled", "settings", "rollout"',
    "canary: $.rules[0].name: expected a letter or digit, then up to 62 of a-z, 0-9, _ and -",
    "canary: $.rules[0].arm: expected a letter or digit, then up to 62 of a-z, A-Z, 0-9, ., _ and -",
    'canary: $.rules[1]: expected the key "name", which is missing',
    "canary: $.rules[1].percent: expected a number from 0 to 100 with at most two decimals, not 101",
    'canary: $.rules[1]: expected the key "key", which is missing',
    'canary: $.rules[1]: expected the key "salt", which is missing',
  ]);
});

test("ten thousand wrong ids are one page of log", async () => {
  const ids = Array.from({ length: 10_000 }, () => -1);
  const { verdict: found, lines } = await verdict(JSON.stringify(listed(ids)));
  assert.equal(found, "refused");
  assert.equal(lines.length, 51);
  assert.equal(lines[50], "canary: $: and 9950 more");
});

test("a million wrong ids, or thousands of unknown keys, cost memory as the text does", async () => {
  const ids = Array.from({ length: 100_000 }, () => -1);
  const lists = Object.fromEntries(Array.from({ length: 10 }, (_, list) => [`l${list}`, { ids }]));
  const keys = Object.fromEntries(Array.from({ length: 250 }, (_, key) => [`pref${key}`, 0]));
  const odd = Array.from({ length: 64 }, (_, rule) => ({ name: `r${rule}`, arm: "v2", match: keys, ...keys }));
  for (const configuration of [{ lists, rules: [] }, { rules: odd }]) {
    const text = JSON.stringify(configuration);
    const { verdict: found, vm } = await start(module, text);
    assert.equal(found, "refused");
    assert.ok(vm.memoryBytes < 2e6 + 40 * text.length, `${vm.memoryBytes} bytes for ${text.length}`);
  }
});

test("more lanes than there can be arms are refused in good time", async () => {
  const lanes = (rule: number) => Array.from({ length: 1000 }, (_, i) => `lane-${rule}-${i}`);
  const rules = Array.from({ length: 64 }, (_, i) => ({
    name: `r${i}`,
    lane: { from: { header: "x-lane" }, lanes: lanes(i) },
  }));
  const begin = performance.now();
  const { plugin, proxy } = await start(module, JSON.stringify({ rules }));
  const took = performance.now() - begin;
  assert.equal(plugin.ok, false);
  assert.match(proxy.logs[0]!.message, /\$\.rules: expected at most 1024 arms and lanes in all/);
  assert.ok(took < 5000, `${took} ms`);
});
