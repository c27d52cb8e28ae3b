import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../tools/errors.js";
import { repoRoot } from "../../tools/root.js";

const SOURCES = join(repoRoot, "tests", "collector");
const MAX_OUTPUT = 64 * 1024;

/** Where the Collector of these sources is kept; git ignores it. */
export function collectorPath(): string {
  const hash = createHash("sha256");
  for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(readFileSync(join(SOURCES, file)));
  return join(repoRoot, ".tidegate", `otel-collector-${hash.digest("hex").slice(0, 12)}`, "collector");
}

/**
 * Builds the OpenTelemetry Collector of tests/collector with Go, or finds it built earlier. Its folder appears complete or
 * not at all. @returns the path of the binary. Fails with a one-line `UserError` without Go or a network.
 * @param report receives one line before what takes minutes. @param signal ends the build.
 */
export async function buildCollector(report: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const binary = collectorPath();
  if (existsSync(binary)) return binary;
  const folder = dirname(binary);
  await go(["version"], signal);
  report("building an OpenTelemetry Collector with Go (some minutes, once)");
  await mkdir(dirname(folder), { recursive: true });
  const halfDone = await mkdtemp(`${folder}.part-`);
  try {
    await go(["build", "-mod=readonly", "-trimpath", "-ldflags=-s -w", "-o", join(halfDone, "collector"), "."], signal);
    await rename(halfDone, folder).catch((error: unknown) => {
      if (!existsSync(binary)) throw error; // otherwise another process was first
    });
  } finally {
    await rm(halfDone, { recursive: true, force: true });
  }
  return binary;
}

async function go(args: string[], signal?: AbortSignal): Promise<void> {
  const { code, output } = await run(args, signal);
  signal?.throwIfAborted();
  if (code === 0) return;
  if (code === "missing")
    throw new UserError("the OpenTelemetry Collector is built with Go, and there is none on PATH", 3);
  const last = output.trimEnd().split("\n").at(-1);
  throw new UserError(`go ${args[0]} failed in tests/collector: ${last || `exit ${code}`}`, 3);
}

function run(args: string[], signal?: AbortSignal): Promise<{ code: number | "missing" | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd: SOURCES, stdio: ["ignore", "ignore", "pipe"] });
    const end = (): boolean => child.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => void (output = (output + chunk.toString()).slice(-MAX_OUTPUT)));
    child.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? resolve({ code: "missing", output }) : reject(error),
    );
    child.once("close", (code) => {
      signal?.removeEventListener("abort", end);
      resolve({ code, output });
    });
  });
}
