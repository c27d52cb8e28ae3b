import {
  type CallCounts,
  type HeaderList,
  type Plugin,
  type PluginModule,
  Proxy,
  type Vm,
} from "../../tools/host/index.js";
import { ordinaryHeaders } from "./fuzz.js";
import type { BaggageRules } from "./trace-oracle-baggage.js";
import type { SamplingConfig } from "./trace-oracle-sampling.js";

/** Configurations of the trace plugin as its schema describes them. */
export interface TraceConfig {
  trust?: "full" | "sampled-only" | "none";
  start?: boolean;
  extract?: string[];
  inject?: string[];
  span?: "pass" | "new";
  tracestate_key?: string;
  sampling?: SamplingConfig;
  baggage?: BaggageRules;
  join?: object;
  access_log?: boolean;
  response?: { trace_id?: string; traceresponse?: boolean; server_timing?: boolean };
  spans?: object;
}

/** What a request's trace context became, and what that cost. */
export interface Traced {
  /** Every traceparent that goes on, in order. */
  traceparent: string[];
  tracestate: string[];
  headers: HeaderList;
  counts: CallCounts;
  routeCacheClears: number;
}

/** A traceparent of our own making. https://www.w3.org/TR/trace-context-2/#version-format */
export const NEW_TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[23]$/;

/** One running trace plugin. */
export class TraceRig {
  private constructor(
    readonly proxy: Proxy,
    readonly vm: Vm,
    readonly plugin: Plugin,
  ) {}

  static async start(module: PluginModule, config: TraceConfig | string = "", proxy = new Proxy()): Promise<TraceRig> {
    const vm = await proxy.createVm(module);
    const configuration = typeof config === "string" ? config : JSON.stringify(config);
    return new TraceRig(proxy, vm, vm.startPlugin({ name: "trace", rootId: "trace", configuration }));
  }

  /** Sends a request with these headers beside the ordinary ones. */
  send(headers: HeaderList = []): Traced {
    const stream = this.plugin.openStream();
    const { counts } = stream.requestHeaders([...ordinaryHeaders, ...headers], true);
    const sent = [...stream.request.headers];
    stream.close();
    return {
      traceparent: valuesOf(sent, "traceparent"),
      tracestate: valuesOf(sent, "tracestate"),
      headers: sent.slice(ordinaryHeaders.length),
      counts,
      routeCacheClears: stream.routeCacheClears,
    };
  }

  /** The value of tidegate_trace_<noun>_total, after a second of ticks: there are ten where a rate limits sampling. */
  count(noun: string): number | undefined {
    for (let tick = 0; tick < 10; tick++) this.plugin.tick();
    return this.proxy.metrics.value(`tidegate_trace_${noun}_total`);
  }
}

/** The values of one header, in order; names are compared as HTTP does. */
export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}
