import { dirname, join, relative } from "node:path";
import { type Finding, messageOf } from "../errors.js";
import { repoRoot } from "../root.js";
import { loadCompiler } from "./compiler.js";
import { sdkOf } from "./sdks/detect.js";
import { missingFinding, type SdkJob, sdkJob } from "./sdks/job.js";
import { type SourceDigests, SourceReader } from "./source-reader.js";

/**
 * How a module is compiled. `counting` is `release` with hooks in the allocator, so that the Node host can count
 * allocations; Envoy cannot load it.
 */
export type BuildMode = "release" | "debug" | "counting";

const COMMON = ["--runtime", "minimal", "--exportStart", "_initialize"];

const BY_MODE: Record<BuildMode, readonly string[]> = {
  release: ["-O2", "--noAssert"],
  debug: ["--debug"],
  counting: ["-O2", "--noAssert", "--use", "ASC_RTRACE=1"],
};

/**
 * The flags of asc for a mode: part of what a build depends on.
 * @param root of the plugin: the library is a part of this package, and in `node_modules` of any other.
 */
export function ascFlags(mode: BuildMode, root = repoRoot): readonly string[] {
  const library = root === repoRoot ? "assembly" : "~lib/tidegate/assembly";
  return [...COMMON, "--use", `abort=${library}/abi/abort/abort`, ...BY_MODE[mode]];
}

/** A module, or why there is none. */
export interface Compilation {
  wasm: Uint8Array | undefined;
  findings: Finding[];
  /** All that was read for it. */
  sources: SourceDigests;
}

/**
 * Compiles one AssemblyScript entry file to a module in memory: on tidegate's library, or on an SDK of others that it
 * imports. Writes nothing.
 * @param root where names of files in findings start, and where packages are looked for in `node_modules`.
 */
export async function compile(entry: string, mode: BuildMode, root = repoRoot): Promise<Compilation> {
  const asc = await loadCompiler();
  const path = relative(root, entry);
  const task = taskOf(entry, mode, root);
  if ("code" in task) return { wasm: undefined, findings: [task], sources: {} };
  const { baseDir, flags, reader, listFiles } = task;
  const findings: Finding[] = [];
  let wasm: Uint8Array | undefined;
  const places = ["--baseDir", baseDir, "--path", PACKAGES.join(","), "--outFile", MODULE];
  const error = await inTurn(asc, async () => {
    const result = await asc.main([relative(baseDir, entry), ...places, ...flags], {
      readFile: reader.read,
      ...(listFiles && { listFiles }),
      writeFile: (name, contents) => {
        if (name === MODULE) wasm = contents as Uint8Array;
      },
      reportDiagnostic: (diagnostic) => {
        if (diagnostic.category === ERROR) findings.push(findingOf(diagnostic, path, reader));
      },
    });
    return result.error?.message;
  });
  if (error !== undefined && findings.length === 0) findings.push(finding(path, 1, 1, error));
  return { wasm: findings.length > 0 ? undefined : wasm, findings, sources: reader.digests };
}

/** How asc is called for one plugin. */
interface Task extends Partial<Pick<SdkJob, "listFiles">> {
  baseDir: string;
  flags: readonly string[];
  reader: SourceReader;
}

/** @returns a finding when what the plugin is written on is not installed. */
function taskOf(entry: string, mode: BuildMode, root: string): Task | Finding {
  const sdk = sdkOf(entry);
  if (!sdk) return { baseDir: root, flags: ascFlags(mode, root), reader: new SourceReader(root) };
  const job = sdkJob(sdk, entry, mode, PACKAGES);
  if ("missing" in job) return missingFinding(sdk, job, relative(root, entry));
  return { ...job, reader: new SourceReader(root, job.baseDir, job.edits) };
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one compilation after the other, since asc keeps library files that a flag gives it for all that follow.
 * @returns the message of what kept asc from compiling at all, such as an asconfig.json that is no JSON.
 */
function inTurn(asc: Asc, run: () => Promise<string | undefined>): Promise<string | undefined> {
  const turn = last.then(async () => {
    const known = new Set(Object.keys(asc.libraryFiles));
    try {
      return await run();
    } catch (error) {
      return messageOf(error);
    } finally {
      for (const name of Object.keys(asc.libraryFiles))
        if (!known.has(name)) Reflect.deleteProperty(asc.libraryFiles, name);
    }
  });
  last = turn;
  return turn;
}

const MODULE = "module.wasm";
/** Where the library and what it depends on are found when a project's own `node_modules` do not show them. */
const PACKAGES = [dirname(repoRoot), join(repoRoot, "node_modules")];
/** asc's DiagnosticCategory.Error. */
const ERROR = 3;

type Asc = Awaited<ReturnType<typeof loadCompiler>>;
type Diagnostic = Parameters<NonNullable<Parameters<Asc["main"]>[1]>["reportDiagnostic"] & object>[0];

function findingOf(diagnostic: Diagnostic, entry: string, reader: SourceReader): Finding {
  const range = diagnostic.range;
  if (!range) return finding(entry, 1, 1, diagnostic.message);
  const file = reader.fileOf(range.source.normalizedPath);
  if (file === undefined) return finding(range.source.normalizedPath, 1, 1, diagnostic.message); // in asc's own library
  const before = reader.textOf(file).slice(0, range.start).split("\n"); // it counts in characters
  return finding(file, before.length, before.at(-1)!.length + 1, diagnostic.message);
}

function finding(file: string, line: number, column: number, message: string): Finding {
  return { code: "TG6001", severity: "error", file, line, column, message: message.replace(/\.$/, "") };
}
