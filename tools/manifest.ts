import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What is read of a package.json; of a stranger's nothing is certain. */
export interface Manifest {
  name?: unknown;
  version?: unknown;
  dependencies?: unknown;
  devDependencies?: unknown;
}

/** The package.json of a folder; undefined when there is none that is a JSON object. */
export function manifestIn(folder: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return typeof manifest === "object" && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}
