import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PackageFacts } from "../../../tools/package/docs/facts.js";
import { readFacts } from "../../../tools/package/docs/read-facts.js";
import type { PluginInfo } from "../../../tools/plugins.js";
import { repoRoot } from "../../../tools/root.js";
import type { JsonSchema } from "../../../tools/schema/policy-schema.js";

/** Folder of these tests, in the sources. */
export const here = join(repoRoot, "tests", "tools", "package-docs");

/** A plugin in a folder that is not built from the library. */
export function pluginIn(folder: string, name: string): PluginInfo {
  const schema = JSON.parse(readFileSync(join(folder, "schema.json"), "utf8")) as JsonSchema;
  return { name, folder, schema, ownSchema: schema };
}

/** A plugin of which nothing is known. */
export function unknownPlugin(folder: string): PluginInfo {
  const schema = { type: ["object", "string"] };
  return { name: "other", folder, schema, ownSchema: schema };
}

/** Facts of a plugin whose files are in order. */
export async function factsOf(plugin: PluginInfo): Promise<PackageFacts> {
  const { facts, findings } = await readFacts(plugin, "1.2.0");
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return facts;
}
