import { readFile } from "node:fs/promises";
import { type BuildMode } from "../../tools/build/asc.js";
import { buildAll, modulePath } from "../../tools/build/build-all.js";
import { formatFinding } from "../../tools/errors.js";
import { type CallCounts, type HeaderList, type Plugin, PluginModule, Proxy, type Vm } from "../../tools/host/index.js";

/** Configurations of the trace plugin as its schema describes them. */
export interface TraceConfig {
  trust?: "full" | "none";
  start?: boolean;
  sampling?: { percent?: number };
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

/** The headers that every request has. */
const ORDINARY: HeaderList = [
  [":authority", "shop.example"],
  [":path", "/"],
  [":method", "GET"],
  [":scheme", "http"],
];

/** The trace plugin as it is shipped, or built to count allocations; built first if its sources are newer. */
export async function traceModule(mode: BuildMode = "release"): Promise<PluginModule> {
  const [report] = await buildAll({ plugins: ["trace"], modes: [mode] });
  if (report!.findings.length > 0) throw new Error(report!.findings.map(formatFinding).join("\n"));
  return PluginModule.compile(await readFile(modulePath("trace", mode)));
}

/** One running trace plugin. */
export class Rig {
  private constructor(
    readonly proxy: Proxy,
    readonly vm: Vm,
    readonly plugin: Plugin,
  ) {}

  static async start(module: PluginModule, config: TraceConfig | string = "", proxy = new Proxy()): Promise<Rig> {
    const vm = await proxy.createVm(module);
    const configuration = typeof config === "string" ? config : JSON.stringify(config);
    return new Rig(proxy, vm, vm.startPlugin({ name: "trace", rootId: "trace", configuration }));
  }

  /** Sends a request with these headers beside the ordinary ones. */
  send(headers: HeaderList = []): Traced {
    const stream = this.plugin.openStream();
    const { counts } = stream.requestHeaders([...ORDINARY, ...headers], true);
    const sent = [...stream.request.headers];
    stream.close();
    return {
      traceparent: valuesOf(sent, "traceparent"),
      tracestate: valuesOf(sent, "tracestate"),
      headers: sent.slice(ORDINARY.length),
      counts,
      routeCacheClears: stream.routeCacheClears,
    };
  }

  /** The value of tidegate_trace_<noun>_total, after a tick. */
  count(noun: string): number | undefined {
    this.plugin.tick();
    return this.proxy.metrics.value(`tidegate_trace_${noun}_total`);
  }
}

function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([other]) => other === name).map(([, value]) => value);
}
