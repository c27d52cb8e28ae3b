import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, oneLine, UserError } from "./errors.js";
import { isObject } from "./is-object.js";
import { type PluginFolder, pluginFolders } from "./plugin-folders.js";
import { projectRoot } from "./project.js";
import { repoRoot } from "./root.js";
import { configurationSchema } from "./schema/configuration-schema.js";
import { SchemaChecker } from "./validate/schema-checker.js";

/** A plugin as the tool knows it: its name and the JSON Schemas of its configuration. */
export interface PluginInfo {
  name: string;
  /** Where its schema.json and README.md lie, if it has them; absolute. */
  folder: string;
  /** Of a whole configuration: its own keys, and those that the library reads for every plugin derived from its root. */
  schema: Record<string, unknown>;
  /** Of its own keys alone. */
  ownSchema: Record<string, unknown>;
  /** The library does not read its configuration first, so that no rollout and no setting works in it. */
  isUnstaged?: boolean;
}

/** Plugins by name. */
export type PluginCatalog = ReadonlyMap<string, PluginInfo>;

/** What a plugin without a schema.json takes: keys, or text. */
const ANYTHING = { type: ["object", "string"] };

/**
 * Finds every plugin of a project and of tidegate itself.
 * Fails with a `UserError` when a schema.json is no JSON Schema, or two plugins have one name.
 */
export function discoverPlugins(project = projectRoot): PluginCatalog {
  return new Map([...pluginFolders(project).values()].map((plugin) => [plugin.name, pluginOf(plugin)]));
}

function pluginOf(plugin: PluginFolder): PluginInfo {
  const { name, folder } = plugin;
  const file = join(folder, "schema.json");
  const isStaged = hasLibraryRoot(plugin);
  const isUnstaged = !isStaged;
  if (!existsSync(file)) return { name, folder, schema: ANYTHING, ownSchema: ANYTHING, isUnstaged };
  const ownSchema = plugin.root === repoRoot ? readSchema(file) : readUsableSchema(file);
  return { name, folder, schema: isStaged ? configurationSchema(ownSchema) : ownSchema, ownSchema, isUnstaged };
}

/** Whether the library reads a plugin's configuration first: such a plugin registers a `ConfiguredRoot` where it starts. */
function hasLibraryRoot({ root, entry }: PluginFolder): boolean {
  return root === repoRoot || (entry !== undefined && /\bConfiguredRoot\b/.test(readFileSync(entry, "utf8")));
}

/** Fails with a `UserError` when the file is no JSON object, or no JSON Schema. */
export function readUsableSchema(file: string): Record<string, unknown> {
  const schema = readSchema(file);
  try {
    SchemaChecker.of(schema);
  } catch (error) {
    throw new UserError(`${file}: ${oneLine(messageOf(error))}`, 3);
  }
  return schema;
}

function readSchema(file: string): Record<string, unknown> {
  let schema: unknown;
  try {
    schema = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}`, 3);
  }
  if (!isObject(schema)) throw new UserError(`${file}: a plugin's schema must be a JSON object`, 3);
  return schema;
}
