import { bootstrapOf, cluster, httpListener, type } from "../envoy-parts.js";
import { encodeScript, type Script } from "./script.js";

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

/** A bootstrap in which each listener leads through the probe to one upstream. */
export function probeBootstrap(wasmFile: string, listeners: readonly ProbeListener[], upstreamPort: number): object {
  return {
    node: { id: "parity-node", cluster: "parity-cluster", metadata: { ROLE: "probe" } },
    ...bootstrapOf(
      listeners.map((listener) => listenerOf(wasmFile, listener)),
      [cluster("upstream", upstreamPort, { http_protocol_options: { enable_trailers: true } })],
    ),
  };
}

function listenerOf(wasmFile: string, listener: ProbeListener): object {
  const filters = Array.from({ length: listener.filters ?? 1 }, (_, index) => filterOf(wasmFile, listener, index));
  const manager = {
    generate_request_id: false,
    delayed_close_timeout: "0.05s",
    http_protocol_options: { enable_trailers: true },
  };
  return httpListener({ name: listener.name, port: listener.port, filters, routes: [ROUTE], manager });
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
