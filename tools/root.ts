import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { existsSync } from "node:fs";
import { manifestIn } from "./manifest.js";

/** Folder of the tidegate package: holds plugins/, assembly/ and build/, wherever this file was compiled to. */
export const repoRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Whether the package is a checkout, in which tidegate itself is worked on; npm never packs a lock file. */
export const isCheckout = existsSync(join(repoRoot, "package-lock.json"));

/** The version of tidegate itself. */
export function toolVersion(): string {
  return String(manifestIn(repoRoot)?.version);
}

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (manifestIn(folder)?.name === "tidegate") return folder;
    if (dirname(folder) === folder) throw new Error(`no tidegate package above ${start}`);
  }
}
