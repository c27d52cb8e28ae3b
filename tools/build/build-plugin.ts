import { createHash } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Finding } from "../errors.js";
import { repoRoot } from "../root.js";
import { type BuildMode, compile } from "./asc.js";
import { checkModule, inspectModule, type ModuleInterface } from "./check-module.js";

/** A module that was built, and what there is to know about it. */
export interface BuiltModule extends ModuleInterface {
  /** Path of the module. */
  path: string;
  bytes: number;
  /** Of the module itself, as http(s) sources of Istio and Envoy check it; in hexadecimal. */
  sha256: string;
}

/** A built module, or the findings for which nothing was written. */
export interface BuildResult {
  module?: BuiltModule;
  findings: Finding[];
}

/**
 * Compiles one plugin's index, checks the module against the ABI and writes it to `outFile`, whole or not at all.
 * A file that stood there before stays when the build fails.
 */
export async function buildPlugin(options: { entry: string; outFile: string; mode: BuildMode }): Promise<BuildResult> {
  const { wasm, findings } = await compile(options.entry, options.mode);
  if (!wasm) return { findings };
  const found = await inspectModule(wasm);
  if (!found) throw new Error("asc wrote a module that does not compile");
  const problems = checkModule(options.mode === "counting" ? withoutHooks(found) : found);
  if (problems.length > 0) return { findings: problems.map((problem) => atEntry(options.entry, problem)) };
  await writeWhole(options.outFile, wasm);
  return { findings: [], module: describe(options.outFile, wasm, found) };
}

/** Facts of a module on disk or in memory. */
export function describe(path: string, wasm: Uint8Array, found: ModuleInterface): BuiltModule {
  return { ...found, path, bytes: wasm.length, sha256: createHash("sha256").update(wasm).digest("hex") };
}

function withoutHooks(module: ModuleInterface): ModuleInterface {
  return { ...module, imports: module.imports.filter((name) => !name.startsWith("rtrace.")) };
}

function atEntry(entry: string, problem: { code: string; message: string; remedy: string }): Finding {
  return { severity: "error", file: relative(repoRoot, entry), line: 1, column: 1, ...problem };
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
