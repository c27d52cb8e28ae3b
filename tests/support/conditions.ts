import { type HeaderList, type Plugin, type PluginModule, Proxy, type Stream } from "../../tools/host/index.js";

/** A condition as the ratelimit plugin's schema describes it. */
export interface ConditionConfig {
  name: string;
  when: string;
  until?: string;
  for?: string;
  hold?: string;
  ramp?: string;
  then: { percent: number } | { quota: { requests: number; per: string; burst?: number } };
}

export interface LoadReportsConfig {
  strip?: boolean;
  request_format?: "TEXT" | "JSON";
}

/** What an upstream does with a request. */
export interface Upstream {
  /** How long it takes. */
  ms?: number;
  status?: number;
  headers?: HeaderList;
  trailers?: HeaderList;
  /** As Envoy tells it. */
  address?: string;
}

/** A ratelimit plugin with one rule, 100 requests a second and a burst of 100, and conditions on it. */
export class ConditionsRig {
  private constructor(
    readonly proxy: Proxy,
    readonly plugin: Plugin,
  ) {}

  static async start(
    module: PluginModule,
    conditions: ConditionConfig[],
    loadReports?: LoadReportsConfig,
    proxy = new Proxy(),
  ): Promise<ConditionsRig> {
    const rule = { name: "all", quota: { requests: 100, per: "second", burst: 100 }, lease: 1, conditions };
    const configuration = JSON.stringify({ rules: [rule], ...(loadReports && { load_reports: loadReports }) });
    const vm = await proxy.createVm(module);
    return new ConditionsRig(proxy, vm.startPlugin({ name: "ratelimit", rootId: "ratelimit", configuration }));
  }

  /** Sends one request through, and back if it is admitted. */
  send({ ms = 10, status = 200, headers = [], trailers, address = "10.0.0.1:8080" }: Upstream = {}): Stream {
    const properties = { "upstream.address": address };
    const stream = this.plugin.openStream({ properties });
    const request: HeaderList = [
      [":authority", "shop.example"],
      [":path", "/"],
      [":method", "GET"],
      [":scheme", "http"],
    ];
    stream.requestHeaders(request, true);
    if (!stream.localResponse) {
      this.pass(ms);
      stream.responseHeaders([[":status", String(status)], ...headers], trailers === undefined);
      if (trailers) stream.responseTrailers(trailers);
    }
    stream.close();
    return stream;
  }

  /** Lets so many milliseconds pass; the clock ticks the plugin. */
  pass(ms: number): void {
    this.proxy.clock.advanceMs(ms);
  }

  /** So many requests, one after the other. */
  load(count: number, upstream: Upstream = {}): void {
    for (let i = 0; i < count; i++) this.send(upstream);
  }

  /** How many requests a second the quota allows now, counted over a second. They get no answers. */
  rate(): number {
    this.exhaust();
    this.pass(1000);
    const admitted = this.exhaust();
    this.pass(1000);
    return admitted;
  }

  /** Sends requests until one is turned away; how many were not. */
  private exhaust(): number {
    for (let admitted = 0; ; admitted++) {
      const stream = this.plugin.openStream();
      stream.requestHeaders([[":path", "/"]], true);
      const refused = stream.localResponse !== undefined;
      stream.close();
      if (refused) return admitted;
    }
  }

  /** Whether a condition is active, by the gauge. */
  active(name: string): boolean {
    this.pass(1000);
    return this.proxy.metrics.value(`rule=.=all;.;condition=.=${name};.;tidegate_ratelimit_condition_active`) === 1;
  }
}
