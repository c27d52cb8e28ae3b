import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { verdictOf } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { pluginSchema } from "../support/plugin-schema.js";
import { QUOTA, rule } from "../support/ratelimit-rules.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

interface Schema {
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
}

const { properties, $defs: defs } = pluginSchema("ratelimit") as { properties: object; $defs: Record<string, Schema> };

/** Keys of every plugin's. */
const SHARED = { disabled: {}, settings: {}, rollout: {} };

/** A key that is like no other, so that the plugin lists what it knows. */
const STRANGE = { qqqqqqqqqqqq: 0 };

function match(changes: object): object {
  return rule({ match: changes });
}

function condition(changes: object): object {
  return rule({ conditions: [{ name: "c", when: "rps > 1", then: { percent: 50 }, ...changes }] });
}

/** Every kind of object in a configuration, with its schema. */
const OBJECTS: [name: string, schema: Schema, configuration: object][] = [
  ["the configuration", { properties: { ...properties, ...SHARED } } as Schema, { ...rule({}), ...STRANGE }],
  ["a rule", defs["rule"]!, rule(STRANGE)],
  ["a match", { properties: { ...defs["match"]!.properties, ...defs["otherwise"]!.properties } }, match(STRANGE)],
  ["an exempt match", defs["match"]!, rule({ exempt: [STRANGE] })],
  ["a path", defs["match"]!.properties!["path"]!, match({ path: { exact: "/", ...STRANGE } })],
  ["an authority", defs["match"]!.properties!["authority"]!, match({ authority: { exact: "a", ...STRANGE } })],
  ["a header match", defs["header_match"]!, match({ headers: [{ name: "a", present: true, ...STRANGE }] })],
  ["a query match", defs["query_match"]!, match({ query: [{ name: "a", present: true, ...STRANGE }] })],
  ["a source", defs["source"]!, rule({ key: { path: true, ...STRANGE } })],
  ["a client address", defs["client_address"]!, rule({ key: { client_address: STRANGE } })],
  ["a quota", defs["quota"]!, rule({ quota: { ...QUOTA, ...STRANGE } })],
  ["a cost", defs["cost"]!, rule({ cost: { constant: 1, ...STRANGE } })],
  [
    "an override",
    defs["override"]!,
    rule({ key: { path: true }, overrides: [{ key: "a", exempt: true, ...STRANGE }] }),
  ],
  ["a condition", defs["condition"]!, condition(STRANGE)],
  ["a consequence", defs["condition"]!.properties!["then"]!, condition({ then: { percent: 50, ...STRANGE } })],
  ["a limit", defs["concurrency"]!, { concurrency: STRANGE }],
  ["priorities", defs["priorities"]!, { concurrency: {}, priorities: { classes: [{ name: "a" }], ...STRANGE } }],
  ["a class", defs["priority_class"]!, { concurrency: {}, priorities: { classes: [{ name: "a", ...STRANGE }] } }],
  ["a response", defs["response"]!, { ...rule({}), response: STRANGE }],
  ["a header", defs["answer_header"]!, { ...rule({}), response: { headers: [{ name: "a", value: "b", ...STRANGE }] } }],
  ["load reports", defs["load_reports"]!, { ...rule({}), load_reports: STRANGE }],
  ["offenders", defs["offenders"]!, { ...rule({}), offenders: STRANGE }],
];

describe("schema and plugin know the same keys of", () => {
  for (const [name, schema, configuration] of OBJECTS) {
    test(name, async () => {
      const { lines } = await verdictOf(module, JSON.stringify(configuration));
      assert.equal(lines.length, 1, lines.join("\n"));
      const [, listed] = /qqqqqqqqqqqq: unknown key; expected (.*)$/.exec(lines[0]!) ?? [];
      const known = Object.keys(schema.properties!).map((key) => `"${key}"`);
      assert.deepEqual(listed?.split(", ").sort(), known.sort());
    });
  }
});
