import type { Fault } from "../policy/fault.js";
import { type Direction, directionOf, type PolicyDocument, tracerOf } from "../policy/model.js";
import { traceConfig } from "../trace/plugin.js";
import { earlyRemoval, removesStrangersContext } from "../trace/strangers.js";
import { versionFaults } from "../trace/tracer-version.js";
import { CONTEXT, HTTP_MANAGER, managerMatch, PRIORITY } from "./istio-listeners.js";
import type { ModuleOptions } from "./module-source.js";
import { resourceMetadata, selectedLabels, targetRefs } from "./istio-resource.js";

/** Telemetry tells a sidecar's two directions apart, and a gateway from nothing. */
const MODE: Record<Direction, string | undefined> = { inbound: "SERVER", outbound: "CLIENT", gateway: undefined };

/** What the mesh's tracer must be told for trace to work beside it; nothing where there is no tracer. */
export function tracerResources(policy: PolicyDocument): object[] {
  return [
    ...(tracerOf(policy.spec) === "reports" ? [silentTracer(policy)] : []),
    ...(removesStrangersContext(policy) ? [earlyFilter(policy)] : []),
  ];
}

/** What a mesh's tracer may do to trace. Whether it is on stands elsewhere: in the mesh's configuration and Telemetry. */
export function meshTracerFaults(policy: PolicyDocument, options: ModuleOptions): Fault[] {
  if (!traceConfig(policy)) return [];
  if (policy.spec.tracer !== undefined) return versionFaults(policy, options);
  const message = "nothing says whether the mesh traces; its tracer would write over what trace writes";
  const remedy = "Add to spec tracer: none if it does not; otherwise reports or propagates";
  return [{ code: "TG3203", severity: "warning", path: ["spec", "plugins"], at: "key", message, remedy }];
}

/** The tracer goes on reporting, to whom the mesh says, but writes no header. */
function silentTracer(policy: PolicyDocument): object {
  const { spec, metadata } = policy;
  const labels = selectedLabels(policy);
  const mode = MODE[directionOf(spec)];
  return {
    apiVersion: "telemetry.istio.io/v1",
    kind: "Telemetry",
    metadata: resourceMetadata(policy, `${metadata.name}-tracer`),
    spec: {
      ...(labels ? { selector: { matchLabels: labels } } : {}),
      ...targetRefs(spec.gateway),
      tracing: [{ ...(mode ? { match: { mode } } : {}), disableContextPropagation: true }],
    },
  };
}

/** Callers' trace headers are removed before the tracer reads them. */
function earlyFilter(policy: PolicyDocument): object {
  const { spec, metadata } = policy;
  const labels = selectedLabels(policy);
  const type = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  const value = {
    name: HTTP_MANAGER,
    typed_config: { "@type": type, early_header_mutation_extensions: [earlyRemoval(policy)] },
  };
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: resourceMetadata(policy, `${metadata.name}-tracer`),
    spec: {
      ...(labels ? { workloadSelector: { labels } } : {}),
      ...targetRefs(spec.gateway),
      priority: PRIORITY,
      configPatches: (spec.attach?.ports ?? [undefined]).map((port) => ({
        applyTo: "NETWORK_FILTER",
        match: { context: CONTEXT[directionOf(spec)], listener: managerMatch(port) },
        patch: { operation: "MERGE", value },
      })),
    },
  };
}
