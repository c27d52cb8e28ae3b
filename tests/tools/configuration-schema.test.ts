import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { discoverPlugins } from "../../tools/plugins.js";
import { configurationSchema } from "../../tools/schema/configuration-schema.js";
import { SchemaChecker } from "../../tools/validate/schema-checker.js";

const OWN = {
  type: "object",
  additionalProperties: false,
  required: ["rules"],
  properties: { rules: { $ref: "#/$defs/rules" }, extra: { type: "boolean" } },
  $defs: { rules: { type: "array", maxItems: 2 } },
};

/** Paths of the faults of a configuration. */
function faults(configuration: unknown, schema: Record<string, unknown> = configurationSchema(OWN)): string[] {
  return new SchemaChecker(schema).check(configuration).map(({ path, code }) => `${path.join(".")} ${code}`);
}

describe("the schema of a whole configuration", () => {
  test("takes the plugin's own keys, and settings of whole configurations beside them", () => {
    const settings = [
      { name: "a", match: { hosts: ["*.shop.example"], ports: [80] }, config: { rules: [1] } },
      { name: "b", match: { paths: [{ template: "/users/{id}" }], routes: ["r"] }, disabled: true },
    ];
    assert.deepEqual(faults({ rules: [] }), []);
    assert.deepEqual(faults({ rules: [], settings }), []);
    assert.deepEqual(faults({ disabled: true, settings }), []);
    assert.deepEqual(faults({ disabled: true }), []);
  });

  test("refuses what is missing, unknown or too much, at its path", () => {
    assert.deepEqual(faults({}), ["rules TG2002"]);
    assert.deepEqual(faults({ disabled: false }), ["rules TG2002"]);
    assert.deepEqual(faults({ disabled: true, extra: true }), ["extra TG2008"]);
    const setting = { name: "a", match: { hosts: ["a"] }, config: { rules: [] } };
    const wrong = (change: object) => faults({ rules: [], settings: [{ ...setting, ...change }] });
    assert.deepEqual(wrong({ config: {} }), ["settings.0.config.rules TG2002"]);
    assert.deepEqual(wrong({ config: { rules: [], disabled: true } }), ["settings.0.config.disabled TG2001"]);
    assert.deepEqual(wrong({ config: { rules: [1, 2, 3] } }), ["settings.0.config.rules TG2005"]);
    assert.deepEqual(wrong({ match: {} }), ["settings.0.match TG2005"]);
    assert.deepEqual(wrong({ match: { host: ["a"] } }), ["settings.0.match.host TG2001"]);
    assert.deepEqual(wrong({ match: { paths: [{ prefix: "/a", exact: "/a" }] } }), ["settings.0.match.paths.0 TG2005"]);
    assert.equal(wrong({ name: "A" }).length, 1);
    assert.equal(wrong({ disabled: true }).length, 1);
    assert.equal(faults({ rules: [], settings: [] }).length, 1);
  });

  for (const { name, schema, ownSchema } of discoverPlugins().values()) {
    test(`of ${name} takes the examples of its own, alone and as a setting's`, () => {
      for (const config of ownSchema["examples"] as object[]) {
        assert.deepEqual(faults(config, schema), []);
        const settings = [{ name: "a", match: { hosts: ["a"] }, config }];
        assert.deepEqual(faults({ disabled: true, settings }, schema), []);
        assert.deepEqual(faults({ ...config, settings }, schema), []);
      }
    });
  }
});
