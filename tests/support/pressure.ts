import {
  type CallCounts,
  type HeaderList,
  type Plugin,
  type PluginModule,
  Proxy,
  type Stream,
} from "../../tools/host/index.js";
import { Random } from "../../tools/simulate/random.js";

const SERVERS = 16;
const SERVICE_MS = 16;
/** Requests that the upstream can serve in a millisecond. */
export const CAPACITY = SERVERS / SERVICE_MS;

/** Requests of one kind: how many come, as a multiple of the capacity, and what headers each has. */
export interface Source {
  load: number;
  headers(random: Random): HeaderList;
}

/** What became of a request. */
export interface Decision {
  source: number;
  headers: HeaderList;
  worker: number;
  admitted: boolean;
  counts: CallCounts;
}

/** Workers that run the ratelimit plugin before an upstream of 1000 requests a second, first come first served. */
export class Pressure {
  readonly #random = new Random(7);
  readonly #waiting: Stream[] = [];
  readonly #served: { stream: Stream; atMs: number }[] = [];
  #nowMs = 0;
  /** Requests answered by the upstream since the last `run` began. */
  answered = 0;

  private constructor(
    readonly proxy: Proxy,
    readonly workers: readonly Plugin[],
  ) {}

  static async start(module: PluginModule, config: object, workers = 1): Promise<Pressure> {
    const proxy = new Proxy({ seed: 7 });
    const plugins: Plugin[] = [];
    for (let i = 0; i < workers; i++) {
      const vm = await proxy.createVm(module);
      plugins.push(vm.startPlugin({ name: "ratelimit", rootId: "ratelimit", configuration: JSON.stringify(config) }));
    }
    return new Pressure(proxy, plugins);
  }

  /** Requests of these sources come by chance for so many seconds. */
  run(seconds: number, sources: readonly Source[]): Decision[] {
    const decisions: Decision[] = [];
    const loads = sources.map(({ load }) => load);
    const perMs = loads.reduce((sum, load) => sum + load, 0) * CAPACITY;
    this.answered = 0;
    let nextMs = this.#nowMs + this.#random.exponential(1 / perMs);
    const endMs = this.#nowMs + seconds * 1000;
    while (this.#nowMs < endMs) {
      for (; nextMs <= this.#nowMs; nextMs += this.#random.exponential(1 / perMs)) {
        const source = this.#random.weighted(loads);
        decisions.push(this.#send(source, sources[source]!.headers(this.#random)));
      }
      this.#pass();
    }
    return decisions;
  }

  #send(source: number, headers: HeaderList): Decision {
    const worker = this.#random.below(this.workers.length);
    const stream = this.workers[worker]!.openStream();
    const { counts } = stream.requestHeaders([[":path", "/"], [":method", "GET"], ...headers], true);
    const admitted = stream.localResponse === undefined;
    if (admitted) this.#waiting.push(stream);
    else stream.close();
    return { source, headers, worker, admitted, counts };
  }

  /** A millisecond passes. */
  #pass(): void {
    this.#nowMs++;
    this.proxy.clock.advanceMs(1);
    while (this.#served.length > 0 && this.#served[0]!.atMs <= this.#nowMs) {
      const { stream } = this.#served.shift()!;
      stream.responseHeaders([[":status", "200"]], true);
      stream.close();
      this.answered++;
    }
    while (this.#served.length < SERVERS && this.#waiting.length > 0) {
      this.#served.push({ stream: this.#waiting.shift()!, atMs: this.#nowMs + SERVICE_MS });
    }
  }
}
