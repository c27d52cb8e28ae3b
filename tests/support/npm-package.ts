import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { repoRoot } from "../../tools/root.js";

const exec = promisify(execFile);

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
  const { stdout } = await exec("npm", ["pack", "--json", "--pack-destination", folder], { cwd: repoRoot });
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
