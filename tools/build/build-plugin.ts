import { relative } from "node:path";
import type { Finding } from "../errors.js";
import { repoRoot } from "../root.js";
import { sha256Of } from "../sha256.js";
import { writeWhole } from "../write-whole.js";
import { type BuildMode, compile } from "./asc.js";
import { checkModule, inspectModule, type ModuleInterface, type ModuleProblem } from "./check-module.js";
import type { SourceDigests } from "./source-reader.js";

/** A module that was built, and what there is to know about it. */
export interface BuiltModule extends ModuleInterface {
  /** Path of the module. */
  path: string;
  bytes: number;
  /** Of the module itself, as http(s) sources of Istio and Envoy check it; in hexadecimal. */
  sha256: string;
}

/** A built module with what it was built from, or the findings for which nothing was written. */
export interface BuildResult {
  module?: BuiltModule;
  sources?: SourceDigests;
  findings: Finding[];
}

/** What to build and where to. */
export interface BuildTask {
  entry: string;
  outFile: string;
  mode: BuildMode;
  /** Folder of the package whose plugin it is; this one unless told otherwise. */
  root?: string;
}

/**
 * Compiles one plugin's index, checks the module against the ABI and writes it to `outFile`, whole or not at all.
 * A file that stood there before stays when the build fails.
 */
export async function buildPlugin({ entry, outFile, mode, root = repoRoot }: BuildTask): Promise<BuildResult> {
  const { wasm, findings, sources } = await compile(entry, mode, root);
  if (!wasm) return { findings };
  const found = await inspectModule(wasm);
  if (!found) throw new Error("asc wrote a module that does not compile");
  const problems = checkModule(mode === "counting" ? withoutHooks(found) : found);
  if (problems.length > 0) return { findings: problemsAt(relative(root, entry), problems) };
  await writeWhole([{ path: outFile, content: wasm }]);
  return { findings: [], module: describe(outFile, wasm, found), sources };
}

/** Facts of a module on disk or in memory. */
export function describe(path: string, wasm: Uint8Array, found: ModuleInterface): BuiltModule {
  return { ...found, path, bytes: wasm.length, sha256: sha256Of(wasm) };
}

function withoutHooks(module: ModuleInterface): ModuleInterface {
  return { ...module, imports: module.imports.filter((name) => !name.startsWith("rtrace.")) };
}

/** What keeps Envoy from running a module, as findings about a file. */
export function problemsAt(file: string, problems: readonly ModuleProblem[]): Finding[] {
  return problems.map((problem) => ({ severity: "error", file, line: 1, column: 1, ...problem }));
}
