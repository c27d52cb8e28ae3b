import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UserError } from "./errors.js";
import { repoRoot } from "./root.js";
import { configurationSchema } from "./schema/configuration-schema.js";

/** A plugin as the tool knows it: its name and the JSON Schemas of its configuration. */
export interface PluginInfo {
  name: string;
  /** Of a whole configuration: its own keys, and those that any plugin's may have. */
  schema: Record<string, unknown>;
  /** Of its own keys alone. */
  ownSchema: Record<string, unknown>;
}

/** Plugins by name. */
export type PluginCatalog = ReadonlyMap<string, PluginInfo>;

/**
 * Finds every plugin: a folder of `plugins/` that holds a schema.json. There is no list to edit.
 * Fails with a `UserError` when a schema.json is no JSON object.
 */
export function discoverPlugins(folder = join(repoRoot, "plugins")): PluginCatalog {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const withSchema = names.filter((name) => existsSync(join(folder, name, "schema.json")));
  return new Map(withSchema.map((name) => [name, pluginOf(name, readSchema(join(folder, name, "schema.json")))]));
}

function pluginOf(name: string, ownSchema: Record<string, unknown>): PluginInfo {
  return { name, schema: configurationSchema(ownSchema), ownSchema };
}

function readSchema(file: string): Record<string, unknown> {
  let schema: unknown;
  try {
    schema = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}`, 3);
  }
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new UserError(`${file}: a plugin's schema must be a JSON object`, 3);
  }
  return schema as Record<string, unknown>;
}
