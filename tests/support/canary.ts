import {
  type CallCounts,
  type HeaderList,
  type Plugin,
  type PluginModule,
  Proxy,
  type Vm,
} from "../../tools/host/index.js";
import { ordinaryHeaders } from "./fuzz.js";

/** A condition on a header, the only kind that tests here write. */
export interface HeaderMatch {
  header: { name: string; exact?: string; prefix?: string; in?: string[] };
}

/** A rule of the canary plugin as its schema describes it. */
export interface CanaryRule {
  name: string;
  match?: HeaderMatch | object;
  schedule?: object;
  arm?: string;
  percent?: number | object;
  split?: object[];
  key?: object;
  salt?: string;
  lane?: object;
}

/** A configuration of the canary plugin as its schema describes it. */
export interface CanaryConfig {
  decision_header?: string;
  default?: string;
  trusted?: object;
  arms?: object[];
  lists?: object;
  rules: CanaryRule[];
  lane_propagation?: object;
  debug?: object;
}

/** What came of a request, and what it cost. */
export interface Routed {
  /** Every value of the decision header that goes on, in order. */
  decision: string[];
  headers: HeaderList;
  counts: CallCounts;
  routeCacheClears: number;
}

/** One running canary plugin. */
export class CanaryRig {
  private constructor(
    readonly proxy: Proxy,
    readonly vm: Vm,
    readonly plugin: Plugin,
    private readonly decisionHeader: string,
  ) {}

  static async start(module: PluginModule, config: CanaryConfig, proxy = new Proxy()): Promise<CanaryRig> {
    const vm = await proxy.createVm(module);
    const plugin = vm.startPlugin({ name: "canary", rootId: "canary", configuration: JSON.stringify(config) });
    return new CanaryRig(proxy, vm, plugin, config.decision_header ?? "x-canary");
  }

  /** Sends a request with these headers beside the ordinary ones. */
  send(headers: HeaderList = []): Routed {
    const stream = this.plugin.openStream();
    const { counts } = stream.requestHeaders([...ordinaryHeaders, ...headers], true);
    const sent = [...stream.request.headers];
    stream.close();
    return {
      decision: sent.filter(([name]) => name === this.decisionHeader).map(([, value]) => value),
      headers: sent.slice(ordinaryHeaders.length),
      counts,
      routeCacheClears: stream.routeCacheClears,
    };
  }

  /** The value of tidegate_canary_<noun>_total, after a tick. */
  count(noun: string): number | undefined {
    this.plugin.tick();
    return this.proxy.metrics.value(`tidegate_canary_${noun}_total`);
  }
}
