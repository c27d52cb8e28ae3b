import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import type { HeaderEcho } from "./header-echo.js";
import { pluginModule } from "./plugin-module.js";

/** A listener with the trace plugin. */
export interface Hop {
  name: string;
  config: object;
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

const type = (name: string) => ({ "@type": `type.googleapis.com/${name}` });
const socket = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });

/** Requests of 60 KB are to pass, and what the plugin adds. */
const MAX_HEADERS_KB = 96;

function bootstrap(hops: readonly Hop[], ports: ReadonlyMap<string, number>, echo: HeaderEcho): object {
  const clusters = hops.flatMap(({ name }) => [false, true].map((http2) => cluster(name, ports.get(name)!, http2)));
  return {
    admin: { address: socket(0) },
    static_resources: {
      listeners: hops.map((hop) => listener(hop, ports.get(hop.name)!)),
      clusters: [...clusters, cluster("echo", echo.port(false), false), cluster("echo", echo.port(true), true)],
    },
  };
}

const clusterName = (name: string, http2 = false) => `${name} over ${http2 ? "HTTP/2" : "HTTP/1"}`;

function listener(hop: Hop, port: number): object {
  const router = { name: "router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") };
  const stop = { prefix: "/", headers: [{ name: "x-stop", present_match: true }] };
  const removed = { request_headers_to_remove: hop.removes ?? [] };
  const routes = [
    { match: stop, route: { cluster: clusterName("echo", hop.http2) }, ...removed },
    { match: { prefix: "/" }, route: { cluster: clusterName(hop.next ?? "echo", hop.http2) }, ...removed },
  ];
  const manager = {
    ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: hop.name,
    max_request_headers_kb: MAX_HEADERS_KB,
    common_http_protocol_options: { max_headers_count: 1000 },
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes }] },
    http_filters: [filter(hop), router],
  };
  return {
    name: hop.name,
    address: socket(port),
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
}

function filter({ name, config }: Hop): object {
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name },
    spec: { attach: { direction: "inbound" }, plugins: [] },
  };
  const use = { name: "trace", config: { ...config } };
  const made = wasmHttpFilter(policy, use, { local: { filename: modulePath("trace", "release") } }) as WasmFilter;
  // One VM serves all hops: as many as there are hops would need that much memory. By their names each is a plugin of its
  // own; those of one name and configuration would be one.
  const { config: plugin } = made.typed_config;
  plugin.name = name;
  plugin.vm_config.vm_id = "hops";
  // As it is: the generator would say whom to trust.
  plugin.configuration.value = JSON.stringify(config);
  return made;
}

interface WasmFilter {
  typed_config: { config: { name: string; vm_config: { vm_id: string }; configuration: { value: string } } };
}

function cluster(name: string, port: number, http2: boolean): object {
  const protocol = http2 ? { http2_protocol_options: {} } : { http_protocol_options: {} };
  const options = { ...type("envoy.extensions.upstreams.http.v3.HttpProtocolOptions"), explicit_http_config: protocol };
  return {
    name: clusterName(name, http2),
    typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }] },
  };
}
