import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { repoRoot } from "../../tools/root.js";
import { NPM } from "./npm.js";

const exec = promisify(execFile);

/** What is read of the package.json. */
export interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  engines: { node: string };
}

/** What npm says of a package that it has made. */
export interface Packed {
  filename: string;
  /** Bytes of the archive, and of all that is in it. */
  size: number;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

/** Makes the npm package as `npm run pack` does, in `folder`. */
export async function pack(folder: string): Promise<Packed> {
  const [program, ...args] = NPM;
  const { stdout } = await exec(program, [...args, "pack", "--json", "--pack-destination", folder], { cwd: repoRoot });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as Packed[];
  return packed!;
}

/**
 * A project in which the package is installed as npm would, without a network: what it depends on is linked to where
 * this repository has it.
 * @param archive path of the package. @returns folder of the package.
 */
export async function install(archive: string, project: string, dependencies: readonly string[]): Promise<string> {
  const modules = join(project, "node_modules");
  const folder = join(modules, "tidegate");
  mkdirSync(folder, { recursive: true });
  await exec("tar", ["xzf", archive, "--strip-components=1", "-C", folder]);
  for (const name of dependencies) link(name, modules);
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", devDependencies: { tidegate: "*" } }));
  return folder;
}

/** Links a package of this repository into another `node_modules`. */
export function link(name: string, modules: string): void {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(repoRoot, "node_modules", name), join(modules, name), "dir");
}

/** Names that a module imports, in whatever way. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom |\bimport |\bimport\(|resolve\()"([\w@./:-]+)"/g)].map(([, name]) => name!);
}

/** Whether what the module at `path` imports is in the package, a part of Node, or a package that it depends on. */
export function isThere(name: string, path: string, has: ReadonlySet<string>, manifest: Manifest): boolean {
  if (name.startsWith(".")) {
    const file = normalize(join(dirname(path), name));
    return has.has(path.endsWith(".d.ts") ? file.replace(/\.js$/, ".d.ts") : file);
  }
  const dependency = /^(@[^/]+\/)?[^/]+/.exec(name)![0];
  if (name.startsWith("node:")) return builtinModules.includes(name.slice("node:".length));
  return dependency in manifest.dependencies || dependency in manifest.peerDependencies;
}
