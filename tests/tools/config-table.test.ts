import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { configTable, withConfigTable } from "../../tools/docs/config-table.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { repoRoot } from "../../tools/root.js";

describe("the table of a plugin's configuration", () => {
  test("has a row for each key, with path, default, description and range", () => {
    const schema = {
      properties: {
        status: { type: "integer", description: "Status.", minimum: 400, maximum: 1599, default: 429 },
        rules: { type: "array", description: "Rules.", items: { $ref: "#/$defs/rule" } },
      },
      required: ["rules"],
      $defs: {
        rule: {
          properties: { per: { description: "A | B.", enum: ["second", "day"] }, match: { $ref: "#/$defs/match" } },
        },
        match: { description: "Match.", properties: { path: { description: "Path." } } },
      },
    };
    assert.deepEqual(configTable(schema).split("\n"), [
      "| key                  | default  | what                            |",
      "| -------------------- | -------- | ------------------------------- |",
      "| `status`             | `429`    | Status. 400 to 1,599.           |",
      "| `rules`              | required | Rules.                          |",
      "| `rules[].per`        |          | A \\| B. One of `second`, `day`. |",
      "| `rules[].match`      |          | Match.                          |",
      "| `rules[].match.path` |          | Path.                           |",
    ]);
  });

  test("has what a list may hold, and holds when it is not there", () => {
    const schema = {
      properties: {
        read: { type: "array", description: "Read.", items: { enum: ["a", "b"] }, default: ["a", "b"] },
        deny: { type: "array", description: "Deny.", items: { type: "string" }, default: [] },
      },
    };
    assert.deepEqual(configTable(schema).split("\n").slice(2), [
      '| `read` | `["a", "b"]` | Read. Any of `a`, `b`. |',
      "| `deny` |              | Deny.                  |",
    ]);
  });

  test("has what stands under names of the user's", () => {
    const schema = {
      properties: {
        lists: {
          description: "Lists.",
          additionalProperties: { description: "One.", properties: { ids: { description: "Ids." } } },
        },
      },
    };
    assert.deepEqual(configTable(schema).split("\n").slice(2), [
      "| `lists`            |         | Lists. |",
      "| `lists.<name>`     |         | One.   |",
      "| `lists.<name>.ids` |         | Ids.   |",
    ]);
  });

  test("has the keys of a definition once, and those of every shape that a value may have", () => {
    const schema = {
      properties: {
        match: { description: "Match.", $ref: "#/$defs/match" },
        exempt: { description: "Exempt.", type: "array", items: { $ref: "#/$defs/match" } },
        other: { description: "Other.", anyOf: [{ $ref: "#/$defs/match" }, { $ref: "#/$defs/rest" }] },
      },
      $defs: {
        match: {
          oneOf: [{ required: ["path"] }, { required: ["host"] }],
          properties: { path: { description: "Path." }, host: { description: "Host." } },
        },
        rest: { properties: { rest: { description: "Rest." } } },
      },
    };
    const rows = configTable(schema).split("\n").slice(2);
    assert.deepEqual(
      rows.map((row) => row.replace(/ +/g, " ")),
      [
        "| `match` | | Match. |",
        "| `match.path` | | Path. |",
        "| `match.host` | | Host. |",
        "| `exempt` | | Exempt. Keys as in `match`. |",
        "| `other` | | Other. Keys as in `match`. |",
        "| `other.rest` | | Rest. |",
      ],
    );
  });

  test("has the keys of a definition once that is inside itself", () => {
    const schema = {
      properties: { match: { description: "Match.", $ref: "#/$defs/match" } },
      $defs: {
        match: {
          properties: {
            all: { description: "All.", type: "array", items: { $ref: "#/$defs/match" } },
            not: { description: "Not.", $ref: "#/$defs/match" },
          },
        },
      },
    };
    assert.deepEqual(
      configTable(schema)
        .split("\n")
        .slice(2)
        .map((row) => row.replace(/ +/g, " ")),
      [
        "| `match` | | Match. |",
        "| `match.all` | | All. Keys as in `match`. |",
        "| `match.not` | | Not. Keys as in `match`. |",
      ],
    );
  });

  for (const { name, ownSchema: schema } of discoverPlugins().values()) {
    test(`in plugins/${name}/README.md is what its schema says`, () => {
      const readme = readFileSync(join(repoRoot, "plugins", name, "README.md"), "utf8");
      assert.ok(readme.includes(configTable(schema)), "run: npm run generate");
      assert.equal(withConfigTable(readme, schema), readme);
    });
  }
});
