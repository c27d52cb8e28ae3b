import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateEnvoy } from "../../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../../tools/envoy/process.js";
import { freePorts } from "../../../tools/ports.js";
import { bootstrapOf, cluster, httpListener, type } from "../envoy-parts.js";
import { waitFor } from "../parity/envoy-side.js";
import { exchange } from "../parity/exchange.js";
import { ParityUpstream, type ReceivedRequest } from "../parity/upstream.js";
import { ownHeaders, type Seen, type Subject, type Visit } from "./subject.js";

/** A line that a module logged: the thread, who it was by Envoy's prefix, and what. */
const LOGGED = /^\[[^\]]*\]\[(\d+)\].*?wasm log ?([^:]*): (.*)$/;
const TRAPPED = "failed: Uncaught";

/** What modules log at the end of a stream. */
const END = /^(\[INFO\]: )?over: /;

interface Line {
  thread: string;
  vm: string;
  text: string;
}

/** A real Envoy of one worker with each subject behind a listener of its own. */
export class EnvoyHost {
  readonly #upstream = new ParityUpstream();
  readonly #lines: Line[] = [];
  #traps = 0;
  readonly #ports = new Map<string, number>();
  #envoy: EnvoyProcess | undefined;
  #folder: string | undefined;

  /** Fails with Envoy's log when it does not take a subject. */
  async start(subjects: readonly Subject[]): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "tidegate-sdks-"));
    const ports = await freePorts(subjects.length);
    const upstreamPort = await this.#upstream.listen();
    const listeners = [];
    for (const [index, subject] of subjects.entries()) {
      const file = join(this.#folder, `${subject.name}.wasm`);
      await writeFile(file, subject.wasm);
      this.#ports.set(subject.name, ports[index]!);
      listeners.push(listenerOf(subject, file, ports[index]!));
    }
    this.#envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: bootstrapOf(listeners, [cluster("upstream", upstreamPort)]),
      logLevel: "warning",
      args: ["--component-log-level", "wasm:info"],
      onLine: (line) => this.#take(line),
    });
  }

  async stop(): Promise<void> {
    await this.#envoy?.stop();
    await this.#upstream.close();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  /** What a subject logged while its worker's VM started. */
  started(subject: string): string[] {
    const own = this.#lines.filter(({ vm }) => vm === subject);
    return own.filter(({ thread }) => thread === own.at(-1)?.thread).map(({ text }) => text);
  }

  /** Counters that modules have made, by name. */
  async counters(): Promise<Record<string, number>> {
    const text = await this.#envoy!.admin("/stats?filter=^wasmcustom");
    const pairs = text.split("\n").flatMap((line) => /^wasmcustom\.(\S+): (\d+)$/.exec(line)?.slice(1, 3) ?? []);
    return Object.fromEntries(
      pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, Number(pairs[at + 1])] as const] : [])),
    );
  }

  /** Sends the request and waits for the end of its stream. */
  async visit(subject: string, visit: Visit): Promise<Seen> {
    const { name, request, response = {}, callout = {}, traps = false, isQuiet = false } = visit;
    const begin = this.#lines.length;
    const before = this.#traps;
    this.#upstream.next = response;
    this.#upstream.callout = callout;
    this.#upstream.received = undefined;
    const got = await exchange(this.#ports.get(subject)!, request);
    const isOver = (): boolean =>
      traps ? this.#traps > before : isQuiet || this.#lines.slice(begin).some(({ text }) => END.test(text));
    await waitFor(isOver, () => `the end of "${name}" in Envoy's log`);
    const received = this.#upstream.received as ReceivedRequest | undefined;
    return {
      status: got.status,
      headers: ownHeaders(got.headers),
      body: got.body,
      upstream: received && { headers: ownHeaders(received.headers), body: received.body },
      logs: this.#lines.slice(begin).map(({ text }) => text),
    };
  }

  #take(line: string): void {
    const [, thread = "", who = "", text = ""] = LOGGED.exec(line) ?? [];
    if (thread !== "") this.#lines.push({ thread, vm: who.split(" ").at(-1)!, text });
    if (line.includes(TRAPPED)) this.#traps++;
  }
}

function listenerOf(subject: Subject, file: string, port: number): object {
  const routes = [{ match: { prefix: "/" }, route: { cluster: "upstream" } }];
  const manager = { generate_request_id: false, delayed_close_timeout: "0.05s" };
  return httpListener({ name: subject.name, port, filters: [filterOf(subject, file)], routes, manager });
}

function filterOf({ name, vmId = name, rootId, configuration, environment }: Subject, file: string): object {
  const vm_config = {
    vm_id: vmId,
    runtime: "envoy.wasm.runtime.v8",
    code: { local: { filename: file } },
    ...(environment && { environment_variables: { key_values: environment } }),
  };
  const value = { ...type("google.protobuf.StringValue"), value: configuration };
  const config = { name, root_id: rootId, vm_config, ...(configuration !== undefined && { configuration: value }) };
  return { name, typed_config: { ...type("envoy.extensions.filters.http.wasm.v3.Wasm"), config } };
}
