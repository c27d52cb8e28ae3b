import type { Fault } from "../policy/fault.js";
import { type PolicyDocument, tracerOf } from "../policy/model.js";
import { traceConfig } from "../trace/plugin.js";
import { earlyRemoval, removesStrangersContext } from "../trace/strangers.js";
import { versionFaults } from "../trace/tracer-version.js";
import { HTTP_MANAGER, HTTP_MANAGER_CONFIG } from "./http-manager.js";
import { envoyFilter, managerMatch } from "./istio-listeners.js";
import { directionMode, resourceMetadata, selector } from "./istio-resource.js";
import type { ModuleOptions } from "./module-source.js";

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
  return policy.spec.tracer === undefined ? unsaidTracer(policy) : versionFaults(policy, options);
}

/** Trace where nothing is said of a tracer. */
export function unsaidTracer(policy: PolicyDocument): Fault[] {
  if (!traceConfig(policy) || policy.spec.tracer !== undefined) return [];
  const message = "nothing says whether the mesh traces; its tracer would write over what trace writes";
  const remedy = "Add to spec tracer: none if it does not; otherwise reports or propagates";
  return [{ code: "TG3203", severity: "warning", path: ["spec", "plugins"], at: "key", message, remedy }];
}

/** The tracer goes on reporting, to whom the mesh says, but writes no header. */
function silentTracer(policy: PolicyDocument): object {
  const match = directionMode(policy);
  return {
    apiVersion: "telemetry.istio.io/v1",
    kind: "Telemetry",
    metadata: resourceMetadata(policy, `${policy.metadata.name}-tracer`),
    spec: {
      ...selector(policy),
      tracing: [{ ...(match.mode ? { match } : {}), disableContextPropagation: true }],
    },
  };
}

/** Callers' trace headers are removed before the tracer reads them. */
function earlyFilter(policy: PolicyDocument): object {
  const value = {
    name: HTTP_MANAGER,
    typed_config: { "@type": HTTP_MANAGER_CONFIG, early_header_mutation_extensions: [earlyRemoval(policy)] },
  };
  return envoyFilter(policy, `${policy.metadata.name}-tracer`, (port) => [
    {
      applyTo: "NETWORK_FILTER",
      match: managerMatch(policy, port),
      patch: { operation: "MERGE", value },
    },
  ]);
}
