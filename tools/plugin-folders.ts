import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BuildMode } from "./build/asc.js";
import { UserError } from "./errors.js";
import { compiledRoot, projectRoot } from "./project.js";
import { repoRoot } from "./root.js";

/** A plugin as it lies in a folder. */
export interface PluginFolder {
  name: string;
  /** Absolute. */
  folder: string;
  /** Folder of the project, or of the tidegate package, whose plugin it is. */
  root: string;
  /** Its AssemblyScript starts in this file, absolute; undefined when it has none, or it was left out of the package. */
  entry: string | undefined;
  /** A module that was built elsewhere, absolute. */
  prebuilt: string | undefined;
}

/** Where AssemblyScript of a plugin may start, in its folder; the second is where others' SDKs have it. */
const ENTRIES = ["index.ts", "assembly/index.ts"];
const PREBUILT = "plugin.wasm";
const SUFFIX: Record<BuildMode, string> = { release: "", debug: ".debug", counting: ".counting" };

/**
 * Every plugin of the project and of tidegate itself, by name: the folders of plugins/ that hold a schema.json, sources
 * or a module. There is no list to edit.
 * Fails with a `UserError` when a project's plugin has the name of one of tidegate's.
 */
export function pluginFolders(project = projectRoot): ReadonlyMap<string, PluginFolder> {
  const plugins = new Map(pluginsIn(repoRoot).map((plugin) => [plugin.name, plugin]));
  if (project === undefined || project === repoRoot) return plugins;
  for (const plugin of pluginsIn(project)) {
    if (plugins.has(plugin.name)) {
      throw new UserError(
        `${plugin.folder}: a plugin of tidegate's own is called ${plugin.name}; rename the folder`,
        3,
      );
    }
    plugins.set(plugin.name, plugin);
  }
  return new Map([...plugins].sort());
}

/** Whether `tidegate build` compiles it here: in a project those of the project alone. */
export function isCompiledHere(plugin: PluginFolder): boolean {
  return plugin.root === compiledRoot && plugin.entry !== undefined && plugin.prebuilt === undefined;
}

/** Where a plugin's module of a mode is kept. One that no folder has would be the project's. */
export function modulePath(plugin: string, mode: BuildMode = "release"): string {
  const found = pluginFolders().get(plugin);
  const root = found?.root ?? compiledRoot ?? repoRoot;
  return found?.prebuilt ?? join(root, "build", `${plugin}${SUFFIX[mode]}.wasm`);
}

function pluginsIn(root: string): PluginFolder[] {
  const plugins = join(root, "plugins");
  const names = existsSync(plugins) ? readdirSync(plugins).sort() : [];
  return names.flatMap((name) => pluginIn(root, name) ?? []);
}

function pluginIn(root: string, name: string): PluginFolder | undefined {
  const folder = join(root, "plugins", name);
  const inFolder = (file: string): string | undefined =>
    existsSync(join(folder, file)) ? join(folder, file) : undefined;
  const entry = ENTRIES.map(inFolder).find((file) => file !== undefined);
  const prebuilt = inFolder(PREBUILT);
  if (!entry && !prebuilt && !inFolder("schema.json")) return undefined;
  return { name, folder, root, entry, prebuilt };
}
