import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../../is-object.js";
import type { PluginInfo } from "../../plugins.js";
import type { Fault } from "../../policy/fault.js";
import { repoRoot } from "../../root.js";
import type { JsonSchema } from "../../schema/policy-schema.js";
import type { SchemaChecker } from "../../validate/schema-checker.js";
import type { About, Example } from "./facts.js";

/** The schema of plugin.json. */
export function aboutSchema(): JsonSchema {
  const file = join(repoRoot, "tools", "package", "docs", "plugin.schema.json");
  return JSON.parse(readFileSync(file, "utf8")) as JsonSchema;
}

/** What plugin.json says, and where it does not, the schema, or what is true of any plugin. */
export function aboutOf({ name, ownSchema }: PluginInfo, said: Partial<About>): About {
  const { title = name, description = "" } = ownSchema as { title?: string; description?: string };
  const about: About = { title, description, category: "custom", phase: "last", priority: 0, examples: [] };
  const examples = said.examples ?? schemaExamples(ownSchema);
  return { ...about, ...said, examples };
}

/** What is wrong with the examples of plugin.json. @param checker of the plugin's schema. */
export function exampleFaults({ examples = [] }: Partial<About>, checker: SchemaChecker): Fault[] {
  return examples.flatMap(({ config }, i) =>
    checker.check(config).map((fault) => ({ ...fault, path: ["examples", i, "config", ...fault.path] })),
  );
}

function schemaExamples(schema: JsonSchema): Example[] {
  const examples = Array.isArray(schema["examples"]) ? (schema["examples"] as unknown[]) : [];
  return examples.filter(isObject).map((config) => ({ title: "", config }));
}
