import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "../../tools/root.js";

/** The schema of a plugin's configuration. */
export function pluginSchema(plugin: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(repoRoot, "plugins", plugin, "schema.json"), "utf8")) as Record<string, unknown>;
}

/** Whether a plugin's schema accepts a value. Fails for a schema with a keyword that JSON Schema does not know. */
export function schemaOf(plugin: string): (value: unknown) => boolean {
  const validate = new Ajv2020({ strict: true, strictRequired: false, ownProperties: true }).compile(
    pluginSchema(plugin),
  );
  return (value) => value !== undefined && validate(value);
}
