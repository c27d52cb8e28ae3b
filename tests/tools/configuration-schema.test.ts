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
  return SchemaChecker.of(schema)
    .check(configuration)
    .map(({ path, code }) => `${path.join(".")} ${code}`);
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

  test("takes a rollout beside any configuration, whose stable one is whole and has none", () => {
    const rollout = (change: object, stable: object = { rules: [] }) => ({ percent: 10, salt: "a", stable, ...change });
    const setting = { name: "a", match: { hosts: ["a"] }, disabled: true };
    assert.deepEqual(faults({ rules: [], rollout: rollout({}) }), []);
    assert.deepEqual(faults({ disabled: true, rollout: rollout({}, { rules: [], settings: [setting] }) }), []);
    assert.deepEqual(faults({ rules: [], rollout: rollout({ percent: 33.33 }, { disabled: true }) }), []);
    assert.deepEqual(faults({ rules: [], rollout: {} }).length, 3);
    assert.deepEqual(faults({ rules: [], rollout: rollout({}, {}) }), ["rollout.stable.rules TG2002"]);
    assert.deepEqual(faults({ rules: [], rollout: rollout({}, { rules: [], rollout: {} }) }), [
      "rollout.stable.rollout TG2001",
    ]);
    const wrong = [
      { percent: 101 },
      { percent: "1" },
      { salt: "-a" },
      { revert: { watch: "1d" } },
      { revert: { errors: { more_percent: 0 } } },
    ];
    for (const change of wrong)
      assert.equal(faults({ rules: [], rollout: rollout(change) }).length, 1, JSON.stringify(change));
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
