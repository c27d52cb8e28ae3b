import {
  type CallCounts,
  type HeaderList,
  type LocalResponse,
  type Plugin,
  type PluginModule,
  type PropertyMap,
  Proxy,
  type Vm,
} from "../../tools/host/index.js";

/** A rule of the ratelimit plugin as its schema describes it. */
export interface RuleConfig {
  name: string;
  match?: object;
  key?: object;
  quota: { requests: number; per: "second" | "minute" | "hour" | "day"; burst?: number };
  shadow?: boolean;
  [key: string]: unknown;
}

/** Configurations of the ratelimit plugin as its schema describes them. */
export interface RateLimitConfig {
  rules?: RuleConfig[];
  max_keys?: number;
  status?: number;
  shadow?: boolean;
  [key: string]: unknown;
}

/** What became of a request. */
export interface Answer {
  admitted: boolean;
  /** What the plugin answered in place of the upstream; undefined for an admitted request. */
  response: LocalResponse | undefined;
  retryAfter: string | undefined;
  counts: CallCounts;
}

/** One running ratelimit plugin. */
export class Rig {
  private constructor(
    readonly proxy: Proxy,
    readonly vm: Vm,
    readonly plugin: Plugin,
  ) {}

  static async start(module: PluginModule, config: RateLimitConfig, proxy = new Proxy()): Promise<Rig> {
    const vm = await proxy.createVm(module);
    const configuration = JSON.stringify(config);
    return new Rig(proxy, vm, vm.startPlugin({ name: "ratelimit", rootId: "ratelimit", configuration }));
  }

  /** Sends GET / with these headers beside the ordinary ones, or in their place. */
  send(headers: HeaderList = [], properties: PropertyMap = {}): Answer {
    const ordinary: HeaderList = [
      [":authority", "shop.example"],
      [":path", "/"],
      [":method", "GET"],
      [":scheme", "http"],
    ];
    const kept = ordinary.filter(([name]) => !headers.some(([other]) => other === name));
    const stream = this.plugin.openStream({ properties });
    const { counts } = stream.requestHeaders([...kept, ...headers], true);
    const response = stream.localResponse;
    const retryAfter = response?.headers.find(([name]) => name === "retry-after")?.[1];
    stream.close();
    return { admitted: response === undefined, response, retryAfter, counts };
  }

  /** As `send`, and answers 200 from the upstream. @returns what all callbacks of the stream cost together. */
  serve(headers: HeaderList = []): { admitted: boolean; calls: number; heapAllocations: number } {
    const stream = this.plugin.openStream();
    const counts = [stream.requestHeaders([[":path", "/"], [":method", "GET"], ...headers], true).counts];
    const admitted = stream.localResponse === undefined;
    if (admitted) counts.push(stream.responseHeaders([[":status", "200"]], true).counts);
    stream.close();
    const sum = (of: (one: CallCounts) => number): number => counts.reduce((total, one) => total + of(one), 0);
    return { admitted, calls: sum((one) => one.hostCallTotal), heapAllocations: sum((one) => one.heapAllocations) };
  }

  /** How many of `count` such requests are admitted now. */
  admitted(count: number, headers: HeaderList = [], properties: PropertyMap = {}): number {
    let admitted = 0;
    for (let i = 0; i < count; i++) if (this.send(headers, properties).admitted) admitted++;
    return admitted;
  }

  /** The value of a rule's counter after a tick. */
  count(rule: string, noun: string): number {
    this.#tick();
    return this.proxy.metrics.value(`rule=.=${rule};.;tidegate_ratelimit_${noun}_total`) ?? Number.NaN;
  }

  /** How often the host did not answer, after a tick. */
  hostErrors(): number {
    this.#tick();
    return this.proxy.metrics.value("tidegate_ratelimit_host_errors_total") ?? Number.NaN;
  }

  /** Metrics are flushed every second, ten ticks at most. */
  #tick(): void {
    for (let i = 0; i < 10; i++) this.plugin.tick();
  }
}
