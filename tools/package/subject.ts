import { basename, dirname } from "node:path";
import { UserError } from "../errors.js";
import { type PluginFolder, modulePath, pluginFolders } from "../plugin-folders.js";
import { discoverPlugins, type PluginInfo, readUsableSchema } from "../plugins.js";

/** A plugin that is to be packaged. */
export interface Subject {
  plugin: PluginInfo;
  /** Where it lies here; undefined for a module that is given as a file. */
  place?: PluginFolder;
  /** Of its module. */
  path: string;
}

/** A part of a repository's name in a registry, which an image of the plugin gets. */
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const MAX_NAME = 128;

/** What a plugin's name must be, for messages. */
export const NAME_FORM = "lower-case letters and digits, with single `.`, `_` or `-` between";

/** Whether registries take a name. */
export function isImageName(name: string): boolean {
  return name.length <= MAX_NAME && NAME.test(name);
}

/** Plugins by their names; of each one. Fails with a `UserError` for one that there is not. */
export function namedSubjects(names: readonly string[]): Subject[] {
  const infos = discoverPlugins();
  const folders = pluginFolders();
  return [...new Set(names)].map((name) => {
    const plugin = infos.get(name);
    if (!plugin) throw new UserError(`there is no plugin ${name}, but there are ${[...infos.keys()].join(", ")}`);
    return { plugin, place: folders.get(name)!, path: modulePath(name) };
  });
}

/**
 * A module that was built elsewhere. What else is said of it is looked for beside its schema, or beside the module.
 * Fails with a `UserError` when the schema cannot be read.
 */
export function givenSubject(path: string, name = basename(path, ".wasm"), schemaFile?: string): Subject {
  if (!isImageName(name)) throw new UserError(`an image cannot be called ${name}. Give --name: ${NAME_FORM}`);
  const schema = schemaFile === undefined ? { type: "object" } : readUsableSchema(schemaFile);
  return { plugin: { name, folder: dirname(schemaFile ?? path), schema, ownSchema: schema }, path };
}
