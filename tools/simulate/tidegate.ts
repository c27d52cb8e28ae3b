import { UserError } from "../errors.js";
import { type HeaderList, type Plugin, type PluginModule, Proxy, type Stream } from "../host/index.js";
import type { Ending, Limiter, SimRequest, Surroundings } from "./limiter.js";

const RESPONSES: Record<Exclude<Ending, "gone">, HeaderList> = {
  ok: [[":status", "200"]],
  failed: [[":status", "503"]],
  timeout: [[":status", "504"]],
};
/** The gauge that tells the limit, by part of its name. */
const LIMIT_GAUGE = /concurrency_limit$/;
/** Workers of Envoy do not start, and so do not tick, at the same moment. */
const BETWEEN_STARTS_MS = 7;

/** The ratelimit plugin as it is shipped: its module in one VM for each worker, which share data in one process. */
export class Tidegate implements Limiter {
  readonly #streams = new Map<number, Stream>();
  #atNs = 0;

  private constructor(
    private readonly proxy: Proxy,
    private readonly plugins: readonly Plugin[],
  ) {}

  /** Fails with a `UserError` when the plugin does not take the configuration. */
  static async start(module: PluginModule, configuration: string, { workers, seed }: Surroundings): Promise<Tidegate> {
    const proxy = new Proxy({ seed, logLevel: "warn" });
    const plugins: Plugin[] = [];
    for (let worker = 0; worker < workers; worker++) {
      const vm = await proxy.createVm(module);
      const plugin = vm.startPlugin({ name: "ratelimit", rootId: "ratelimit", configuration });
      if (!plugin.ok) throw new UserError(`the ratelimit plugin did not start: ${lastLog(proxy) ?? plugin.failure}`);
      plugins.push(plugin);
      proxy.clock.advanceMs(BETWEEN_STARTS_MS);
    }
    return new Tidegate(proxy, plugins);
  }

  admit(nowMs: number, request: SimRequest): boolean {
    this.#advance(nowMs);
    const stream = this.plugins[request.worker]!.openStream();
    stream.requestHeaders(headersOf(request), true);
    if (stream.localResponse === undefined) {
      this.#streams.set(request.number, stream);
      return true;
    }
    stream.close();
    this.#refuseTrap();
    return false;
  }

  done(nowMs: number, request: SimRequest, _latencyMs: number, ending: Ending): void {
    this.#advance(nowMs);
    const stream = this.#streams.get(request.number)!;
    this.#streams.delete(request.number);
    if (ending !== "gone") stream.responseHeaders(RESPONSES[ending], true);
    stream.close();
  }

  limit(nowMs: number): number | undefined {
    this.#advance(nowMs);
    const gauge = this.proxy.metrics.all().find(({ name, type }) => type === "gauge" && LIMIT_GAUGE.test(name));
    return gauge && Number(gauge.value);
  }

  stall(nowMs: number): void {
    const ns = Math.round(nowMs * 1e6);
    this.proxy.clock.stallNs(BigInt(ns - this.#atNs));
    this.#atNs = ns;
  }

  stepWall(milliseconds: number): void {
    this.proxy.clock.stepWallMs(milliseconds);
  }

  /** Runs the ticks that fall due on the way. */
  #advance(nowMs: number): void {
    const ns = Math.round(nowMs * 1e6);
    if (ns === this.#atNs) return;
    this.proxy.clock.advanceNs(BigInt(ns - this.#atNs));
    this.#atNs = ns;
  }

  #refuseTrap(): void {
    const trap = this.plugins.find(({ vm }) => vm.trapped !== undefined)?.vm.trapped;
    if (trap) throw new Error(`the ratelimit plugin trapped: ${trap.message}`);
  }
}

/** Header lists that have been made: there are as many as users and routes, and a request for each would be slow. */
const LISTS = new Map<string, HeaderList>();

function headersOf(request: SimRequest): HeaderList {
  const key = `${request.path} ${request.user} ${request.priority}`;
  let headers = LISTS.get(key);
  if (!headers) LISTS.set(key, (headers = newHeaders(request)));
  return headers;
}

function newHeaders({ path, user, priority }: SimRequest): HeaderList {
  const headers: HeaderList = [
    [":authority", "shop.example"],
    [":path", path],
    [":method", "GET"],
    [":scheme", "http"],
  ];
  if (user !== undefined) headers.push(["x-user", `user-${user}`]);
  if (priority !== undefined) headers.push(["x-priority", priority]);
  return headers;
}

function lastLog({ logs }: Proxy): string | undefined {
  return logs.at(-1)?.message;
}
