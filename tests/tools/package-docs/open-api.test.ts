// What becomes of JSON Schemas as schemas of OpenAPI 3.0, for random schemas and those of the plugins.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type LeftOut, openApiSchema } from "../../../tools/package/docs/open-api/convert.js";
import { commonPattern } from "../../../tools/package/docs/open-api/pattern.js";
import { WHOLE_CONFIGURATIONS } from "../../../tools/package/docs/spec.js";
import { discoverPlugins } from "../../../tools/plugins.js";
import type { JsonSchema } from "../../../tools/schema/policy-schema.js";
import { nearby } from "../../support/fuzz-inputs.js";
import { settingsOf } from "../../support/settings.js";
import { jsonSchemaAccepts, openApiAccepts, openApiFaults } from "./open-api-checker.js";
import { schemas, values } from "./random-schemas.js";

const converted = (schema: JsonSchema): JsonSchema => openApiSchema(schema).schema;
const leftOut = (schema: JsonSchema): string[] =>
  openApiSchema(schema).leftOut.map(({ path, keyword }: LeftOut) => `${path}: ${keyword}`);

describe("a JSON Schema as one of OpenAPI", () => {
  it("has no definitions, constants or conditions, and says the same", () => {
    const schema = {
      $defs: { name: { type: "string", description: "Any.", pattern: "^[^\\u0000]+$" } },
      properties: {
        per: { const: "day" },
        name: { description: "Its name.", $ref: "#/$defs/name", examples: ["a", "b"] },
      },
      if: { required: ["per"] },
      then: { required: ["name"] },
      dependentRequired: { name: ["per"] },
    };
    assert.deepEqual(openApiSchema(schema), {
      schema: {
        properties: {
          per: { type: "string", enum: ["day"] },
          name: { type: "string", description: "Its name.", example: "a", pattern: "^[^\\x00]+$" },
        },
        allOf: [
          { anyOf: [{ not: { required: ["per"] } }, { required: ["name"] }] },
          { anyOf: [{ not: { type: "object", required: ["name"] } }, { required: ["per"] }] },
        ],
      },
      leftOut: [],
    });
  });

  it("tells the type where all that is accepted has one", () => {
    const typeOf = (schema: JsonSchema): unknown => converted({ properties: { key: schema } })["properties"];
    assert.deepEqual(typeOf({ enum: ["a", "b"] }), { key: { type: "string", enum: ["a", "b"] } });
    assert.deepEqual(typeOf({ anyOf: [{ const: 1 }, { type: "integer" }] }), {
      key: { type: "integer", anyOf: [{ enum: [1] }, { type: "integer" }] },
    });
    assert.deepEqual(typeOf({ oneOf: [{ type: "number" }, { type: "object" }] }), {
      key: { oneOf: [{ type: "number" }, { type: "object" }] },
    });
    assert.deepEqual(typeOf({ type: ["string", "null"] }), { key: { type: "string", nullable: true } });
    assert.deepEqual(typeOf({ type: "array" }), { key: { type: "array", items: {} } });
  });

  it("names what it had to leave out, by its place in the configuration", () => {
    const tree = { type: "object", properties: { all: { type: "array", items: { $ref: "#/$defs/tree" } } } };
    assert.deepEqual(leftOut({ $defs: { tree }, properties: { tree: { $ref: "#/$defs/tree" } } }), [
      "tree.all[]: $ref",
    ]);
    assert.deepEqual(leftOut({ properties: { ids: { additionalProperties: { pattern: "^(?!a)" } } } }), [
      "ids.<name>: pattern",
    ]);
    assert.deepEqual(leftOut({ propertyNames: { pattern: "^a" }, unevaluatedProperties: false }), [
      ": propertyNames",
      ": unevaluatedProperties",
    ]);
    assert.deepEqual(leftOut({ properties: { a: { $ref: "other.json" }, b: { $ref: "#/$defs/none" } } }), [
      "a: $ref",
      "b: $ref",
    ]);
  });

  it("writes no more out than people have a use for", () => {
    const twice = (to: number): JsonSchema => ({
      properties: { a: { $ref: `#/$defs/${to}` }, b: { $ref: `#/$defs/${to}` } },
    });
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [i, i === 39 ? { type: "string" } : twice(i + 1)]),
    );
    const { schema, leftOut: less } = openApiSchema({ $defs, ...twice(0) });
    assert.ok(JSON.stringify(schema).length < 1_000_000);
    assert.ok(less.length > 0);
  });

  it("accepts all that the JSON Schema does, and nothing else where nothing is left out", () => {
    let [exact, accepted] = [0, 0];
    const inputs = fc.tuple(schemas, fc.array(values, { minLength: 8, maxLength: 8 }));
    const check = ([schema, all]: [JsonSchema, unknown[]]): void => {
      const made = openApiSchema(schema);
      assert.deepEqual(openApiFaults(made.schema), []);
      const [before, after] = [jsonSchemaAccepts(schema), openApiAccepts(made.schema)];
      for (const value of all) {
        const [one, other] = [before(value), after(value)];
        if (one === undefined) continue;
        if (one) assert.ok(other, `refuses ${JSON.stringify(value)}`);
        if (made.leftOut.length === 0) assert.equal(other, one, `differs for ${JSON.stringify(value)}`);
        accepted += one ? 1 : 0;
        exact += made.leftOut.length === 0 ? 1 : 0;
      }
    };
    fc.assert(fc.property(inputs, check), { numRuns: 200, seed: 8 });
    assert.ok(exact > 500 && accepted > 300, `${exact} exact, ${accepted} accepted`);
  });
});

describe("a pattern for RE2 and ECMAScript", () => {
  it("is written as both read it", () => {
    assert.equal(commonPattern("^[^\\u0000-\\u0020\\u007f?#]*$"), "^[^\\x00-\\x20\\x7f?#]*$");
    assert.equal(commonPattern("\\u4e2d(?:a|b){2,3}\\d\\/\\{"), "中(?:a|b){2,3}\\d\\/\\{");
  });

  it("is none where they differ", () => {
    for (const pattern of [
      "^(?!a)",
      "(?<=a)b",
      "(a)\\1",
      "\\p{L}",
      "\\s",
      "\\ud83d",
      "a{1001}",
      "(a{100}){100}",
      "[^]",
      "\\u{1f600}",
    ])
      assert.equal(commonPattern(pattern), undefined, pattern);
  });
});

for (const plugin of discoverPlugins().values())
  describe(`the configuration of ${plugin.name} in OpenAPI`, () => {
    const options = { open: WHOLE_CONFIGURATIONS };
    const { schema, leftOut: less } = openApiSchema(plugin.schema, options);

    it("is a schema of OpenAPI, in which little is left out", () => {
      assert.deepEqual(openApiFaults(schema), []);
      const keywords = new Set(less.map(({ keyword }) => keyword));
      assert.deepEqual(
        [...keywords].filter((keyword) => !["$ref", "pattern", "propertyNames"].includes(keyword)),
        [],
      );
    });

    it("accepts all configurations that the plugin's schema does", () => {
      const [before, after] = [jsonSchemaAccepts(plugin.schema), openApiAccepts(schema)];
      const examples = plugin.ownSchema["examples"] as object[];
      const settings = settingsOf(2, (i) => ({ hosts: [`${i}.example`] }), examples[0]!);
      const rollout = { percent: 10, salt: "a", stable: { disabled: true } };
      const good = fc.constantFrom<object>(
        ...examples,
        ...fragments(plugin),
        { disabled: true },
        { ...examples[0], settings, rollout },
      );
      const accepted = fc
        .sample(nearby(good, ["change", "remove", "wrap", "graft"]), { numRuns: 800, seed: 8 })
        .map(parsed)
        .filter(before);
      assert.deepEqual(
        accepted.filter((value) => !after(value)),
        [],
      );
      assert.ok(accepted.length > 100, `only ${accepted.length} were accepted`);
    });
  });

/** Configurations of one example of a key each, where the plugin accepts that. */
function fragments({ schema, ownSchema }: { schema: JsonSchema; ownSchema: JsonSchema }): object[] {
  const accepts = jsonSchemaAccepts(schema);
  const [first] = ownSchema["examples"] as object[];
  const all = Object.entries(ownSchema["properties"] as Record<string, JsonSchema>).flatMap(([key, property]) =>
    ((property["examples"] ?? []) as unknown[]).map((example) => ({ ...first, [key]: example })),
  );
  return all.filter((one) => accepts(one));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
