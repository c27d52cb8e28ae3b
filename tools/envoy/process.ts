import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { EnvoyLog } from "./log.js";

const READY_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 25;
/** Envoy ends at once on SIGTERM, unless a module loops for ever. */
const STOP_TIMEOUT_MS = 3_000;
const ADMIN_TIMEOUT_MS = 5_000;

export interface EnvoyOptions {
  /** Path of the binary, or what `locateEnvoy` found. */
  envoy: string | { path: string };
  /** A bootstrap as an object, or as YAML or JSON text. It needs an `admin` section; its port may be 0. */
  config: object | string;
  logLevel?: "trace" | "debug" | "info" | "warning" | "error" | "critical" | "off";
  /** Worker threads; 1 when absent. */
  concurrency?: number;
  /** Commands put before Envoy that replace themselves by it, such as ["taskset", "-c", "0"]. */
  prefix?: string[];
  /** Further arguments of Envoy. */
  args?: string[];
  /** Receives each line of Envoy's stdout and stderr. */
  onLine?: (line: string) => void;
  /** Gives up a start under way: Envoy is ended, the promise fails with the signal's reason. */
  signal?: AbortSignal;
}

export interface EnvoyExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One running Envoy. Ended by its own pid; also when this Node process exits without `stop`. */
export class EnvoyProcess {
  readonly pid: number;
  /** Settles when Envoy has ended, for whatever reason; never rejects. */
  readonly exited: Promise<EnvoyExit>;
  private hasExited = false;
  private readonly onNodeExit = (): void => {
    this.child.kill("SIGKILL");
    this.removeFiles();
  };

  /** Use `startEnvoy`. */
  constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly output: EnvoyLog,
  ) {
    this.pid = child.pid!;
    process.once("exit", this.onNodeExit);
    this.exited = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        this.hasExited = true;
        process.removeListener("exit", this.onNodeExit);
        this.removeFiles();
        resolve({ code, signal });
      });
    });
  }

  /** stdout and stderr so far; of much output only the beginning and the newest part. */
  get log(): string {
    return this.output.text;
  }

  get running(): boolean {
    return !this.hasExited;
  }

  /** "address:port" of the admin interface; fails before Envoy has opened it. */
  async adminAddress(): Promise<string> {
    return (await readFile(join(this.folder, "admin"), "utf8")).trim();
  }

  /** Asks the admin interface, e.g. "/stats?filter=tidegate". @returns the body. Fails on a status other than 200. */
  async admin(path: string, method: "GET" | "POST" = "GET"): Promise<string> {
    const url = `http://${await this.adminAddress()}${path}`;
    const response = await fetch(url, { method, signal: AbortSignal.timeout(ADMIN_TIMEOUT_MS) });
    const body = await response.text();
    if (response.status !== 200)
      throw new Error(`${method} ${path} of Envoy's admin: ${response.status} ${body.trim()}`);
    return body;
  }

  /** Ends Envoy, by SIGKILL after 3 s, and removes its files. Safe to call twice and after Envoy has ended. */
  async stop(): Promise<EnvoyExit> {
    this.child.kill("SIGTERM");
    const force = setTimeout(() => this.child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(force);
    }
  }

  private removeFiles(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Starts Envoy without hot restart, so that it shares nothing with another Envoy of the machine.
 * @returns when the admin's /ready answers 200: listeners are open, plugins are configured.
 * Fails with Envoy's own first error line when it ends instead, and after 30 s of waiting.
 */
export async function startEnvoy(options: EnvoyOptions): Promise<EnvoyProcess> {
  options.signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), "tidegate-envoy-"));
  const output = new EnvoyLog(options.onLine);
  let envoy: EnvoyProcess;
  try {
    envoy = new EnvoyProcess(await launch(options, folder, output), folder, output);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  try {
    await waitUntilReady(envoy, output, options.signal);
    return envoy;
  } catch (error) {
    await envoy.stop();
    throw error;
  }
}

async function launch(options: EnvoyOptions, folder: string, output: EnvoyLog): Promise<ChildProcess> {
  const { config, prefix = [] } = options;
  const configFile = join(folder, typeof config === "string" ? "envoy.yaml" : "envoy.json");
  await writeFile(configFile, typeof config === "string" ? config : JSON.stringify(config));
  const binary = typeof options.envoy === "string" ? options.envoy : options.envoy.path;
  const [command = binary, ...args] = [...prefix, binary, "-c", configFile, "--disable-hot-restart"];
  args.push("--admin-address-path", join(folder, "admin"), "--log-level", options.logLevel ?? "warning");
  args.push("--concurrency", String(options.concurrency ?? 1), ...(options.args ?? []));
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => output.append(chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => output.append(chunk));
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new UserError(`Envoy did not start: ${error.message}`, 3)));
  });
  return child;
}

async function waitUntilReady(envoy: EnvoyProcess, output: EnvoyLog, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (!envoy.running) throw new UserError(`Envoy did not start: ${output.firstError() || "it said nothing"}`, 3);
    if (await isReady(envoy)) return;
    await Promise.race([envoy.exited, new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))]);
  }
  const said = output.firstError() || "its log is empty; has the configuration an `admin` section?";
  throw new UserError(`Envoy was not ready after ${READY_TIMEOUT_MS / 1000} s: ${said}`, 3);
}

async function isReady(envoy: EnvoyProcess): Promise<boolean> {
  try {
    await envoy.admin("/ready");
    return true;
  } catch {
    return false; // no address file yet, connection refused, or 503 while it initialises
  }
}
