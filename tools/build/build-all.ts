import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { type Finding, UserError } from "../errors.js";
import { isCompiledHere, modulePath, type PluginFolder, pluginFolders } from "../plugin-folders.js";
import { compiledRoot } from "../project.js";
import type { BuildMode } from "./asc.js";
import { buildPlugin, type BuiltModule, describe, problemsAt } from "./build-plugin.js";
import { inspectModule } from "./check-module.js";
import { findingsAt, givenModule } from "./given-module.js";
import { isCurrent, writeStamp } from "./stamp.js";

export { modulePath } from "../plugin-folders.js";

export interface BuildOptions {
  /** Plugins to build; all that are built here when absent. */
  plugins?: readonly string[];
  modes?: readonly BuildMode[];
  /** Builds also what is up to date. */
  force?: boolean;
}

/** One module of a build, in the order of plugins and modes. */
export interface BuildReport {
  plugin: string;
  mode: BuildMode;
  module?: BuiltModule;
  /** The module was left as it is: its sources have not changed since, or it was built elsewhere. */
  upToDate: boolean;
  findings: Finding[];
}

/** Names of the plugins that `buildAll` builds: the project's, or in a checkout of tidegate its own. */
export function pluginNames(): string[] {
  return builtHere().map(({ name }) => name);
}

/**
 * Builds plugins into build/, each in each mode, and checks modules that were built elsewhere.
 * Throws a UserError for a plugin that does not exist or is none of the project's, when there is none at all, and when the
 * compiler is not installed.
 */
export async function buildAll(options: BuildOptions = {}): Promise<BuildReport[]> {
  const known = new Map(builtHere().map((plugin) => [plugin.name, plugin]));
  const chosen = options.plugins ?? [...known.keys()];
  if (!options.plugins && known.size === 0) throw new UserError(`nothing to build: ${NO_PLUGINS}`);
  const unknown = chosen.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new UserError(notBuiltHere(unknown, [...known.keys()]));
  const reports: BuildReport[] = [];
  for (const name of chosen) reports.push(...(await buildEach(known.get(name)!, options)));
  return reports;
}

/** Builds those of the named plugins that are built here: the others have come with tidegate. */
export async function buildUsed(plugins: readonly string[]): Promise<BuildReport[]> {
  const known = new Set(pluginNames());
  return buildAll({ plugins: plugins.filter((name) => known.has(name)) });
}

const NO_PLUGINS = "no folder plugins/<name> with sources here, in a project whose package.json depends on tidegate";

function builtHere(): PluginFolder[] {
  return [...pluginFolders().values()].filter((plugin) => isCompiledHere(plugin) || isChecked(plugin));
}

function isChecked({ root, prebuilt }: PluginFolder): boolean {
  return root === compiledRoot && prebuilt !== undefined;
}

function notBuiltHere(unknown: readonly string[], known: readonly string[]): string {
  const names = unknown.join(", ");
  if (unknown.every((name) => pluginFolders().has(name))) return `${names}: comes with tidegate, built already`;
  const hint = known.length > 0 ? `there are ${known.join(", ")}` : NO_PLUGINS;
  return `no plugin ${names}; ${hint}`;
}

async function buildEach(plugin: PluginFolder, { modes = ["release"], force = false }: BuildOptions) {
  if (plugin.prebuilt !== undefined) return [await checked(plugin, plugin.prebuilt)];
  const reports: BuildReport[] = [];
  for (const mode of modes) reports.push(await build(plugin, mode, force));
  return reports;
}

async function build({ name, entry, root }: PluginFolder, mode: BuildMode, force: boolean): Promise<BuildReport> {
  const path = modulePath(name, mode);
  const present = force ? undefined : await moduleAt(path);
  if (present && (await isCurrent(path, mode, root, present.sha256))) {
    return { plugin: name, mode, module: present, upToDate: true, findings: [] };
  }
  const { module, sources, findings } = await buildPlugin({ entry: entry!, outFile: path, mode, root });
  if (module) await writeStamp(path, mode, root, { module: module.sha256, sources: sources! });
  return { plugin: name, mode, module, upToDate: false, findings };
}

async function checked({ name, root }: PluginFolder, path: string): Promise<BuildReport> {
  const module = await moduleAt(path);
  const problem = {
    code: "TG9401",
    message: "this is no WebAssembly module",
    remedy: "Build the plugin anew",
  } as const;
  const file = relative(root, path);
  const findings = module ? findingsAt(file, givenModule(await readFile(path)).problems) : problemsAt(file, [problem]);
  return { plugin: name, mode: "release", module, upToDate: true, findings };
}

async function moduleAt(path: string): Promise<BuiltModule | undefined> {
  const wasm = await readFile(path).catch(() => undefined);
  const found = wasm && (await inspectModule(wasm));
  return found && describe(path, wasm, found);
}
