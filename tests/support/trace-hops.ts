import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { bootstrapOf, cluster, httpListener } from "./envoy-parts.js";
import type { HeaderEcho } from "./header-echo.js";
import { pluginModule } from "./plugin-module.js";

/** A listener with the trace plugin. */
export interface Hop {
  name: string;
  config: object;
  /** Name of the plugin, the hop's own by default: hops with the same name and configuration share one. */
  plugin?: string;
  /** As which side of a workload the listener is marked. */
  direction?: "INBOUND" | "OUTBOUND";
  /** The hop to which requests go; none: to the echo, as do requests with `x-stop`. */
  next?: string;
  /** HTTP/2 to whatever comes next. */
  http2?: boolean;
  /** Headers that the route takes away behind the plugin. */
  removes?: string[];
}

/** Chains of hops before an echo, all of them listeners of one Envoy with one worker. */
export class TraceHops {
  private constructor(
    readonly envoy: EnvoyProcess,
    private readonly ports: ReadonlyMap<string, number>,
  ) {}

  static async start(hops: readonly Hop[], echo: HeaderEcho): Promise<TraceHops> {
    await pluginModule("trace");
    const free = await freePorts(hops.length);
    const ports = new Map(hops.map(({ name }, i) => [name, free[i]!]));
    const envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: bootstrap(hops, ports, echo),
    });
    return new TraceHops(envoy, ports);
  }

  /** Where the hop listens, over HTTP/1 and HTTP/2. */
  port(hop: string): number {
    return this.ports.get(hop)!;
  }
}

/** Requests of 60 KB are to pass, and what the plugin adds. */
const MAX_HEADERS_KB = 96;

function bootstrap(hops: readonly Hop[], ports: ReadonlyMap<string, number>, echo: HeaderEcho): object {
  const clusters = hops.flatMap(({ name }) => [false, true].map((http2) => hopCluster(name, ports.get(name)!, http2)));
  return bootstrapOf(
    hops.map((hop) => listener(hop, ports.get(hop.name)!)),
    [...clusters, hopCluster("echo", echo.port(false), false), hopCluster("echo", echo.port(true), true)],
  );
}

const clusterName = (name: string, http2 = false) => `${name} over ${http2 ? "HTTP/2" : "HTTP/1"}`;

function listener(hop: Hop, port: number): object {
  const stop = { prefix: "/", headers: [{ name: "x-stop", present_match: true }] };
  const removed = { request_headers_to_remove: hop.removes ?? [] };
  const routes = [
    { match: stop, route: { cluster: clusterName("echo", hop.http2) }, ...removed },
    { match: { prefix: "/" }, route: { cluster: clusterName(hop.next ?? "echo", hop.http2) }, ...removed },
  ];
  const manager = {
    max_request_headers_kb: MAX_HEADERS_KB,
    common_http_protocol_options: { max_headers_count: 1000 },
  };
  const listener = hop.direction === undefined ? {} : { traffic_direction: hop.direction };
  return httpListener({ name: hop.name, port, filters: [filter(hop)], routes, manager, listener });
}

function filter({ name, config, plugin: shared = name }: Hop): object {
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name },
    spec: { attach: { direction: "inbound" }, plugins: [] },
  };
  const use = { name: "trace", config: { ...config } };
  const made = wasmHttpFilter(
    policy,
    use,
    { local: { filename: modulePath("trace", "release") } },
    { module: modulesIn() },
  ) as WasmFilter;
  // One VM serves all hops: as many as there are hops would need that much memory. By their names each is a plugin of its
  // own; those of one name and configuration would be one.
  const { config: plugin } = made.typed_config;
  plugin.name = shared;
  plugin.vm_config.vm_id = "hops";
  // As it is: the generator would say whom to trust.
  plugin.configuration.value = JSON.stringify(config);
  return made;
}

interface WasmFilter {
  typed_config: { config: { name: string; vm_config: { vm_id: string }; configuration: { value: string } } };
}

function hopCluster(name: string, port: number, http2: boolean): object {
  return cluster(
    clusterName(name, http2),
    port,
    http2 ? { http2_protocol_options: {} } : { http_protocol_options: {} },
  );
}
