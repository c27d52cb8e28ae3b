import type { Script } from "./script.js";
import { encodeScript } from "./script.js";

/** One listener with the probe in front of the router. */
export interface ProbeListener {
  name: string;
  port: number;
  /** Operations of the root context's phases. */
  rootScript?: Script;
  vmId?: string;
  vmConfiguration?: string;
  environment?: Record<string, string>;
  capabilities?: string[];
  failurePolicy?: "FAIL_CLOSED" | "FAIL_OPEN";
  /** How many filters with this very VM, each with a root id of its own; 1 when absent. */
  filters?: number;
}

const type = (name: string) => ({ "@type": `type.googleapis.com/${name}` });

/** A bootstrap in which each listener leads through the probe to one upstream. */
export function probeBootstrap(wasmFile: string, listeners: readonly ProbeListener[], upstreamPort: number): object {
  return {
    node: { id: "parity-node", cluster: "parity-cluster", metadata: { ROLE: "probe" } },
    admin: { address: socket(0) },
    static_resources: {
      listeners: listeners.map((listener) => listenerOf(wasmFile, listener)),
      clusters: [cluster(upstreamPort)],
    },
  };
}

function socket(port: number): object {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

function cluster(port: number): object {
  return {
    name: "upstream",
    connect_timeout: "1s",
    load_assignment: {
      cluster_name: "upstream",
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }],
    },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        ...type("envoy.extensions.upstreams.http.v3.HttpProtocolOptions"),
        explicit_http_config: { http_protocol_options: { enable_trailers: true } },
      },
    },
  };
}

function listenerOf(wasmFile: string, listener: ProbeListener): object {
  const filters = Array.from({ length: listener.filters ?? 1 }, (_, index) => filterOf(wasmFile, listener, index));
  const router = { name: "router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") };
  const manager = {
    ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: listener.name,
    generate_request_id: false,
    delayed_close_timeout: "0.05s",
    http_protocol_options: { enable_trailers: true },
    route_config: {
      name: "parity-routes",
      virtual_hosts: [{ name: "all", domains: ["*"], routes: [ROUTE] }],
    },
    http_filters: [...filters, router],
  };
  return {
    name: listener.name,
    address: socket(listener.port),
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
}

const ROUTE = { name: "parity-route", match: { prefix: "/" }, route: { cluster: "upstream" } };

function filterOf(wasmFile: string, listener: ProbeListener, index: number): object {
  const text = (value: string) => ({ ...type("google.protobuf.StringValue"), value });
  const script = listener.rootScript && encodeScript(listener.rootScript);
  return {
    name: "probe",
    typed_config: {
      ...type("envoy.extensions.filters.http.wasm.v3.Wasm"),
      config: {
        name: "probe",
        root_id: index === 0 ? "probe-root" : `probe-root-${index}`,
        failure_policy: listener.failurePolicy ?? "FAIL_CLOSED",
        ...(script && {
          configuration: { ...type("google.protobuf.BytesValue"), value: Buffer.from(script).toString("base64") },
        }),
        ...(listener.capabilities && { capability_restriction_config: capabilities(listener.capabilities) }),
        vm_config: {
          vm_id: listener.vmId ?? listener.name,
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: wasmFile } },
          ...(listener.vmConfiguration && { configuration: text(listener.vmConfiguration) }),
          ...(listener.environment && { environment_variables: { key_values: listener.environment } }),
        },
      },
    },
  };
}

function capabilities(names: readonly string[]): object {
  return { allowed_capabilities: Object.fromEntries(names.map((name) => [name, {}])) };
}
