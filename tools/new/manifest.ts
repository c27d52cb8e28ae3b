import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isCheckout, repoRoot } from "../root.js";
import type { TemplateFile } from "./templates.js";

/** Versions of packages by their names. */
export type Versions = Readonly<Record<string, string>>;

interface Manifest {
  version: string;
  dependencies?: Versions;
  devDependencies?: Versions;
}

/**
 * What a new project is to depend on: the versions that this package itself is tested with, and this package.
 * A checkout is nobody's release: projects then depend on its folder.
 * @param project folder of the project. @param tidegate what to depend on in place of this package.
 */
export function versionsFor(project: string, tidegate?: string): Versions {
  const { version, dependencies, devDependencies } = JSON.parse(
    readFileSync(join(repoRoot, "package.json"), "utf8"),
  ) as Manifest;
  const own = isCheckout ? `file:${relative(project, repoRoot)}` : version;
  return { ...dependencies, ...devDependencies, tidegate: tidegate ?? own };
}

/** A project's package.json with these versions; any other file as it is. */
export function pinned(file: TemplateFile, versions: Versions): TemplateFile {
  if (file.path !== "package.json") return file;
  const manifest = JSON.parse(file.text) as Manifest;
  for (const packages of [manifest.dependencies, manifest.devDependencies] as Record<string, string>[]) {
    for (const name of Object.keys(packages)) packages[name] = versions[name]!;
  }
  return { ...file, text: `${JSON.stringify(manifest, null, 2)}\n` };
}

/** Names that a project cannot have, since it depends on packages that have them. */
export function packageNames(files: readonly TemplateFile[]): string[] {
  const manifest = files.find(({ path }) => path === "package.json");
  if (!manifest) return [];
  const { dependencies, devDependencies } = JSON.parse(manifest.text) as Manifest;
  return Object.keys({ ...dependencies, ...devDependencies });
}
