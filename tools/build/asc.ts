import asc from "assemblyscript/asc";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Finding } from "../errors.js";
import { repoRoot } from "../root.js";

/**
 * How a module is compiled. `counting` is `release` with hooks in the allocator, so that the Node host can count
 * allocations; Envoy cannot load it.
 */
export type BuildMode = "release" | "debug" | "counting";

const COMMON = [
  ...["--runtime", "minimal"],
  ...["--exportStart", "_initialize"],
  ...["--use", "abort=assembly/abi/abort/abort"],
];

const BY_MODE: Record<BuildMode, readonly string[]> = {
  release: ["-O2", "--noAssert"],
  debug: ["--debug"],
  counting: ["-O2", "--noAssert", "--use", "ASC_RTRACE=1"],
};

/** The flags of asc for a mode: part of what a build depends on. */
export function ascFlags(mode: BuildMode): readonly string[] {
  return [...COMMON, ...BY_MODE[mode]];
}

/** A module, or why there is none. */
export interface Compilation {
  wasm: Uint8Array | undefined;
  findings: Finding[];
}

/** Compiles one AssemblyScript entry file to a module in memory. Writes nothing. */
export async function compile(entry: string, mode: BuildMode): Promise<Compilation> {
  const findings: Finding[] = [];
  let wasm: Uint8Array | undefined;
  const path = relative(repoRoot, entry);
  const result = await asc.main([path, "--baseDir", repoRoot, "--outFile", "module.wasm", ...ascFlags(mode)], {
    writeFile: (_name, contents) => {
      wasm = contents as Uint8Array;
    },
    reportDiagnostic: (diagnostic) => {
      if (diagnostic.category === ERROR) findings.push(findingOf(diagnostic, path));
    },
  });
  if (result.error && findings.length === 0) findings.push(finding(path, 1, 1, result.error.message));
  return { wasm: findings.length > 0 ? undefined : wasm, findings };
}

/** asc's DiagnosticCategory.Error. */
const ERROR = 3;

type Diagnostic = Parameters<NonNullable<Parameters<typeof asc.main>[1]>["reportDiagnostic"] & object>[0];

function findingOf(diagnostic: Diagnostic, entry: string): Finding {
  const range = diagnostic.range;
  if (!range) return finding(entry, 1, 1, diagnostic.message);
  const { normalizedPath } = range.source;
  const before = textOf(normalizedPath).slice(0, range.start).split("\n");
  return finding(normalizedPath, before.length, before.at(-1)!.length + 1, diagnostic.message);
}

/** asc counts in characters of the file; its own library's files it does not show, so places there are all 1:1. */
function textOf(path: string): string {
  const file = join(repoRoot, path);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function finding(file: string, line: number, column: number, message: string): Finding {
  return { code: "TG6001", severity: "error", file, line, column, message: message.replace(/\.$/, "") };
}
