import asc from "assemblyscript/asc";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildPlugin } from "../build/build-plugin.js";
import { formatFinding, UserError } from "../errors.js";
import { repoRoot } from "../root.js";

/** Where the sources of a benchmark module are, under the root. */
const SOURCES = "tests/bench";

/** Builds a module of tests/bench as the plugins are built. @returns path of the module. */
export async function buildBenchModule(name: string): Promise<string> {
  const outFile = pathOf(name);
  const { findings } = await buildPlugin({ entry: join(repoRoot, SOURCES, `${name}.ts`), outFile, mode: "release" });
  if (findings[0]) throw new UserError(formatFinding(findings[0]), 3);
  return outFile;
}

/**
 * Builds a module written on @solo-io/proxy-runtime. That package is of AssemblyScript 0.14: two shims stand for what
 * the library has lost since, and the hooks for start and abort are its own. Optimised like the plugins.
 * @returns path of the module.
 */
export async function buildSoloModule(name: string): Promise<string> {
  let wasm: Uint8Array | undefined;
  const flags = ["-O3", "--noAssert", "--runtime", "incremental", "--exportStart", "_start"];
  flags.push("--use", "abort=abort_proc_exit", "--lib", `${SOURCES}/solo-shims`);
  const { error, stderr } = await asc.main(
    [`${SOURCES}/${name}.ts`, "--baseDir", repoRoot, "--outFile", "module.wasm", ...flags],
    { writeFile: (_name, contents) => void (wasm = contents as Uint8Array) },
  );
  if (!wasm) throw new UserError(`${SOURCES}/${name}.ts does not compile: ${stderr.toString() || error?.message}`, 3);
  await mkdir(dirname(pathOf(name)), { recursive: true });
  await writeFile(pathOf(name), wasm);
  return pathOf(name);
}

function pathOf(name: string): string {
  return join(repoRoot, "build", "bench", `${name}.wasm`);
}
