import { join } from "node:path";
import { buildPlugin } from "../build/build-plugin.js";
import { formatFinding, UserError } from "../errors.js";
import { repoRoot } from "../root.js";

/** Where the sources of a benchmark module are, under the root. */
const SOURCES = "tests/bench";

/** Builds a module of tests/bench as plugins are built, on whatever SDK it is written. @returns path of the module. */
export async function buildBenchModule(name: string): Promise<string> {
  const outFile = join(repoRoot, "build", "bench", `${name}.wasm`);
  const { findings } = await buildPlugin({ entry: join(repoRoot, SOURCES, `${name}.ts`), outFile, mode: "release" });
  if (findings[0]) throw new UserError(formatFinding(findings[0]), 3);
  return outFile;
}
