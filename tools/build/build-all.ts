import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Finding, UserError } from "../errors.js";
import { repoRoot } from "../root.js";
import { ascFlags, type BuildMode } from "./asc.js";
import { buildPlugin, type BuiltModule, describe } from "./build-plugin.js";
import { inspectModule } from "./check-module.js";

export interface BuildOptions {
  /** Plugins to build; all that there are when empty. */
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
  /** The sources have not changed since the module was built, so it was left as it is. */
  upToDate: boolean;
  findings: Finding[];
}

const SUFFIX: Record<BuildMode, string> = { release: "", debug: ".debug", counting: ".counting" };

/** Where a plugin's module of a mode is kept. */
export function modulePath(plugin: string, mode: BuildMode = "release"): string {
  return join(repoRoot, "build", `${plugin}${SUFFIX[mode]}.wasm`);
}

/** Names of the plugins that have sources: the folders of plugins/ with an index.ts. */
export async function pluginNames(): Promise<string[]> {
  const folders = await readdir(join(repoRoot, "plugins"), { withFileTypes: true });
  return folders
    .filter((folder) => folder.isDirectory() && existsSync(entryOf(folder.name)))
    .map(({ name }) => name)
    .sort();
}

/** Builds plugins into build/, each in each mode. Throws UserError for a plugin that does not exist. */
export async function buildAll(options: BuildOptions = {}): Promise<BuildReport[]> {
  const known = await pluginNames();
  const chosen = options.plugins?.length ? options.plugins : known;
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UserError(`no plugin ${unknown.join(", ")}; there are ${known.join(", ")}`);
  const reports: BuildReport[] = [];
  for (const plugin of chosen) {
    const sources = await sourceDigest(plugin);
    for (const mode of options.modes ?? ["release"]) reports.push(await build(plugin, mode, sources, options.force));
  }
  return reports;
}

async function build(plugin: string, mode: BuildMode, sources: string, force = false): Promise<BuildReport> {
  const path = modulePath(plugin, mode);
  const stamp = createHash("sha256").update(sources).update(ascFlags(mode).join(" ")).digest("hex");
  const unchanged = force ? undefined : await builtFrom(path, stamp);
  if (unchanged) return { plugin, mode, module: unchanged, upToDate: true, findings: [] };
  const result = await buildPlugin({ entry: entryOf(plugin), outFile: path, mode });
  if (result.module) await writeFile(stampPath(path), `${stamp} ${result.module.sha256}\n`);
  return { plugin, mode, upToDate: false, ...result };
}

/** The module at `path` if it is the one that was built from the sources that `stamp` stands for. */
async function builtFrom(path: string, stamp: string): Promise<BuiltModule | undefined> {
  const recorded = await readFile(stampPath(path), "utf8").catch(() => "");
  const wasm = await readFile(path).catch(() => undefined);
  const found = wasm && (await inspectModule(wasm));
  if (!found) return undefined;
  const module = describe(path, wasm, found);
  return recorded === `${stamp} ${module.sha256}\n` ? module : undefined;
}

function stampPath(path: string): string {
  return `${path}.stamp`;
}

function entryOf(plugin: string): string {
  return join(repoRoot, "plugins", plugin, "index.ts");
}

/** A digest of all that a plugin is compiled from: the library, the plugin, and the versions of what compiles them. */
async function sourceDigest(plugin: string): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of ["assembly", `plugins/${plugin}`]) {
    const files = await readdir(join(repoRoot, folder), { recursive: true });
    for (const file of files.filter((name) => name.endsWith(".ts")).sort()) {
      hash.update(`${folder}/${file}\0`).update(await readFile(join(repoRoot, folder, file)));
    }
  }
  return hash.update(await readFile(join(repoRoot, "package-lock.json"))).digest("hex");
}
