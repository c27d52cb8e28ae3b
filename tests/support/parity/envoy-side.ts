import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INSTALLED_ENVOY, installEnvoy } from "../../../tools/envoy/install.js";
import { INSTALL_FOLDER, locateEnvoy } from "../../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../../tools/envoy/process.js";
import { freePorts } from "../../../tools/ports.js";
import { probeBootstrap, type ProbeListener } from "./bootstrap.js";
import { fullScript, type ParityCase, type ParityResult } from "./case.js";
import { exchange } from "./exchange.js";
import { encodeScript } from "./script.js";
import { ParityUpstream } from "./upstream.js";

const STREAM_ENDED = "probe > 15 ";
const TRAPPED = "failed: Uncaught";
/** Envoy's lines begin with the time and the thread, each in brackets. */
const THREAD = /^\[[^\]]*\]\[(\d+)\]/;
const WAIT_MS = 5_000;
const POLL_MS = 5;

export type ListenerSpec = Omit<ProbeListener, "port">;

/** The Node host behaves as this release of Envoy does, so it is compared with no other, whatever the machine has. */
async function modelledEnvoy(): Promise<string> {
  const found = await locateEnvoy({ allowInstall: true });
  return found.version === INSTALLED_ENVOY ? found.path : installEnvoy(INSTALL_FOLDER);
}

/** A real Envoy with the probe behind each of several listeners. */
export class EnvoySide {
  readonly upstream = new ParityUpstream();
  /** Lines of the probe since Envoy started. */
  readonly lines: string[] = [];
  /** The thread that each line comes from. */
  readonly #threads: string[] = [];
  #traps = 0;
  #ports = new Map<string, number>();
  #envoy: EnvoyProcess | undefined;
  #folder: string | undefined;

  async start(wasm: Uint8Array, listeners: readonly ListenerSpec[]): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "tidegate-parity-"));
    const wasmFile = join(this.#folder, "probe.wasm");
    await writeFile(wasmFile, wasm);
    const ports = await freePorts(listeners.length);
    const bound = listeners.map((listener, index) => ({ ...listener, port: ports[index]! }));
    for (const { name, port } of bound) this.#ports.set(name, port);
    this.#envoy = await startEnvoy({
      envoy: await modelledEnvoy(),
      config: probeBootstrap(wasmFile, bound, await this.upstream.listen()),
      logLevel: "warning",
      args: ["--component-log-level", "wasm:info"],
      onLine: (line) => this.#onLine(line),
    });
  }

  async stop(): Promise<void> {
    await this.#envoy?.stop();
    await this.upstream.close();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  get log(): string {
    return this.#envoy?.log ?? "";
  }

  /** The probe's lines from the thread that has begun with `line` last: Envoy starts the worker's plugins last. */
  linesOfThread(begin: string): string[] {
    const last = this.lines.findLastIndex((line) => line.startsWith(begin));
    return this.lines.filter((_, index) => this.#threads[index] === this.#threads[last]);
  }

  async admin(path: string): Promise<string> {
    return this.#envoy!.admin(path);
  }

  /** Sends the case's request and waits for the end of its stream. */
  async run(parityCase: ParityCase): Promise<ParityResult> {
    const begin = this.lines.length;
    const trapsBefore = this.#traps;
    this.upstream.next = parityCase.response ?? {};
    this.upstream.callout = parityCase.callout ?? {};
    this.upstream.received = undefined;
    const script = Buffer.from(encodeScript(fullScript(parityCase))).toString("hex");
    const { request = {}, listener = "main" } = parityCase;
    const headers = [["x-probe-script", script] as [string, string], ...(request.headers ?? [])];
    const response = await exchange(this.#ports.get(listener)!, { ...request, headers });
    const ended = (): boolean =>
      parityCase.silent
        ? true
        : parityCase.traps
          ? this.#traps > trapsBefore
          : this.lines.slice(begin).some((line) => line.startsWith(STREAM_ENDED));
    await waitFor(
      ended,
      () => `the end of "${parityCase.name}" in Envoy's log:\n${this.lines.slice(begin).join("\n")}`,
    );
    return { lines: this.lines.slice(begin), response, upstream: this.upstream.received };
  }

  #onLine(line: string): void {
    const at = line.indexOf(": probe ");
    if (at >= 0) {
      this.lines.push(line.slice(at + 2));
      this.#threads.push(THREAD.exec(line)?.[1] ?? "");
    }
    if (line.includes(TRAPPED)) this.#traps++;
  }
}

export async function waitFor(condition: () => boolean, what: () => string): Promise<void> {
  for (const end = Date.now() + WAIT_MS; !condition();) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
