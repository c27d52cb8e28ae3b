import { basename, join } from "node:path";
import type { SourceDigests } from "../build/source-reader.js";
import { manifestIn } from "../manifest.js";
import { repoRoot } from "../root.js";

/** A file that was compiled into a module. */
export interface SourceFile {
  /** With `/` between folders, from its package's folder. */
  name: string;
  /** In hexadecimal. */
  sha256: string;
}

/** A package that went into a module. */
export interface Part {
  type: "library" | "application";
  name: string;
  version: string;
  description?: string;
  /** An SPDX expression. */
  license?: string;
  sources: readonly SourceFile[];
}

/** What a module was compiled from: the plugin's own files, and packages. */
export interface Parts {
  own: readonly SourceFile[];
  others: readonly Part[];
}

/** Folder of AssemblyScript that is the library's, in the checkout of tidegate itself. */
const LIBRARY = /^assembly\//;
const PACKAGE = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/;

/**
 * Sorts what a module was compiled from by the packages that it came from.
 * @param sources by their names from `root`.
 * @param compiler version of AssemblyScript, whose standard library is a part of every module.
 */
export function partsOf(sources: SourceDigests, root: string, compiler: string): Parts {
  const own: SourceFile[] = [];
  const packages = new Map<string, { folder: string; sources: SourceFile[] }>();
  for (const [path, sha256] of Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (sha256 === null) continue;
    const [, name, file = path] = PACKAGE.exec(path) ?? [];
    const folder = name === undefined ? root : join(root, path.slice(0, -file.length));
    if (name === undefined && !(root === repoRoot && LIBRARY.test(path))) own.push({ name: path, sha256 });
    else entryOf(packages, folder).sources.push({ name: file, sha256 });
  }
  const others = [...packages.values()].map(({ folder, sources }) => partOf(folder, sources));
  return { own, others: [...others, compilerPart(compiler)].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function entryOf(packages: Map<string, { folder: string; sources: SourceFile[] }>, folder: string) {
  const entry = packages.get(folder) ?? { folder, sources: [] };
  packages.set(folder, entry);
  return entry;
}

function partOf(folder: string, sources: readonly SourceFile[]): Part {
  const { name, version, license } = { ...manifestIn(folder) } as {
    name?: unknown;
    version?: unknown;
    license?: unknown;
  };
  return {
    type: "library",
    name: typeof name === "string" ? name : basename(folder),
    version: typeof version === "string" ? version : "unknown",
    ...(typeof license === "string" ? { license } : {}),
    sources,
  };
}

function compilerPart(version: string): Part {
  const description = "The compiler, whose standard library and runtime are compiled in";
  return { type: "application", name: "assemblyscript", version, description, license: "Apache-2.0", sources: [] };
}
