import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../tools/errors.js";
import { repoRoot } from "../../tools/root.js";

const MAX_OUTPUT = 64 * 1024;

/** Programs that tests run and Go builds, from its modules. */
export interface GoProject {
  /** What a message calls them, such as "an OpenTelemetry Collector". */
  what: string;
  /** Of the folder in .tidegate, before a hash of the sources. */
  name: string;
  /** Folder of go.mod, from the repository's root. */
  sources: string;
  /** Files of it that decide what is built. */
  inputs: string[];
  /** Name of each program, and the package that it is built from. */
  programs: Record<string, string>;
  /** Files that are taken from a Go module: name here, the module, path in it. */
  files?: Record<string, readonly [module: string, path: string]>;
  /** Of the linker, besides those that leave debugging out. */
  linkerFlags?: string;
  /** Further flags of the build. */
  flags?: string[];
  /** For what machine, when it is not this one. */
  environment?: Record<string, string>;
}

/** Where the programs of these sources are kept; git ignores it. */
export function goFolder({ name, sources, inputs, ...how }: GoProject): string {
  const { programs, files, linkerFlags, flags, environment } = how;
  const other = flags || environment ? [flags, environment] : [];
  const hash = createHash("sha256").update(JSON.stringify([programs, files, linkerFlags, ...other]));
  for (const file of inputs) hash.update(readFileSync(join(repoRoot, sources, file)));
  return join(repoRoot, ".tidegate", `${name}-${hash.digest("hex").slice(0, 12)}`);
}

/**
 * Builds the programs with Go, or finds them built earlier. Their folder appears complete or not at all.
 * Fails with a one-line `UserError` without Go or a network.
 * @param report receives one line before what takes minutes. @param signal ends the build.
 */
export async function buildGo(
  project: GoProject,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const folder = goFolder(project);
  if (existsSync(folder)) return folder;
  await go(project, ["version"], signal);
  report(`building ${project.what} with Go (some minutes, once)`);
  await mkdir(dirname(folder), { recursive: true });
  const halfDone = await mkdtemp(`${folder}.part-`);
  try {
    for (const [program, from] of Object.entries(project.programs)) {
      const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", `-ldflags=-s -w ${project.linkerFlags ?? ""}`];
      await go(project, ["build", ...flags, ...(project.flags ?? []), "-o", join(halfDone, program), from], signal);
    }
    for (const [file, [module, path]] of Object.entries(project.files ?? {})) {
      const of = await go(project, ["list", "-m", "-f", "{{.Dir}}", module], signal);
      await copyFile(join(of.trim(), path), join(halfDone, file));
    }
    await rename(halfDone, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // otherwise another process was first
    });
  } finally {
    await rm(halfDone, { recursive: true, force: true });
  }
  return folder;
}

/** @returns what it printed. */
async function go(project: GoProject, args: string[], signal?: AbortSignal): Promise<string> {
  const { what, sources, environment } = project;
  const { code, output, errors } = await run(args, join(repoRoot, sources), environment, signal);
  signal?.throwIfAborted();
  if (code === 0) return output;
  if (code === "missing") throw new UserError(`${what}: it is built with Go, and there is none on PATH`, 3);
  const last = errors.trimEnd().split("\n").at(-1);
  throw new UserError(`go ${args[0]} failed in ${sources}: ${last || `exit ${code}`}`, 3);
}

interface Ran {
  code: number | "missing" | null;
  output: string;
  errors: string;
}

function run(args: string[], cwd: string, environment = {}, signal?: AbortSignal): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CGO_ENABLED: "0", ...environment };
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const end = (): boolean => child.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    const ran: Ran = { code: null, output: "", errors: "" };
    child.stdout.on("data", (chunk: Buffer) => void (ran.output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => void (ran.errors = (ran.errors + chunk.toString()).slice(-MAX_OUTPUT)));
    child.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? resolve({ ...ran, code: "missing" }) : reject(error),
    );
    child.once("close", (code) => {
      signal?.removeEventListener("abort", end);
      resolve({ ...ran, code });
    });
  });
}
