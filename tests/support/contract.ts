import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { start } from "./fuzz.js";

/** What a plugin says to a configuration, in a VM of its own. */
export async function verdictOf(module: PluginModule, configuration: string | Uint8Array) {
  const { verdict, lines } = await start(module, configuration);
  return { verdict, lines };
}

/** Tests that schema and plugin refuse each of these, the plugin at the JSON path beside it and nowhere else. */
export function refusedByBoth(
  plugin: string,
  moduleOf: () => PluginModule,
  schemaAccepts: (value: unknown) => boolean,
  cases: readonly (readonly [path: string, configuration: unknown])[],
): void {
  describe("a configuration that schema and plugin refuse", () => {
    for (const [path, configuration] of cases) {
      const text = JSON.stringify(configuration);
      test(`${path} of ${text.slice(0, 100)}`, async () => {
        assert.equal(schemaAccepts(JSON.parse(text)), false, "the schema accepts it");
        const result = await verdictOf(moduleOf(), text);
        assert.equal(result.verdict, "refused");
        assert.deepEqual(
          result.lines.filter((line) => !line.startsWith(`${plugin}: ${path}: `)),
          [],
          "elsewhere",
        );
        assert.ok(result.lines.length > 0);
      });
    }
  });
}

/** Tests that the schema accepts each of these, and that the plugin refuses it with just the one line beside it. */
export function refusedByPlugin(
  plugin: string,
  moduleOf: () => PluginModule,
  schemaAccepts: (value: unknown) => boolean,
  cases: readonly (readonly [line: string, configuration: unknown])[],
): void {
  describe("a configuration that only the plugin can refuse", () => {
    for (const [line, configuration] of cases) {
      test(line, async () => {
        const text = JSON.stringify(configuration);
        assert.equal(schemaAccepts(JSON.parse(text)), true, "the schema can say it");
        assert.deepEqual(await verdictOf(moduleOf(), text), { verdict: "refused", lines: [`${plugin}: ${line}`] });
      });
    }
  });
}

/** Tests that schema and plugin accept each of these. */
export function acceptedByBoth(
  moduleOf: () => PluginModule,
  schemaAccepts: (value: unknown) => boolean,
  cases: readonly unknown[],
): void {
  describe("a good configuration", () => {
    for (const configuration of cases) {
      const text = JSON.stringify(configuration);
      test(text.slice(0, 100), async () => {
        assert.equal(schemaAccepts(JSON.parse(text)), true);
        assert.deepEqual(await verdictOf(moduleOf(), text), { verdict: "accepted", lines: [] });
      });
    }
  });
}
