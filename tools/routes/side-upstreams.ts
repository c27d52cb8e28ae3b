import { canaryOf } from "../canary/config.js";
import type { PolicyDocument } from "../policy/model.js";
import { traceConfig } from "../trace/plugin.js";

/** Names of upstreams that plugins and Envoy's tracer speak to by themselves; clients' requests do not go there. */
export function sideUpstreams(policy: PolicyDocument): string[] {
  const spans = traceConfig(policy)?.at("spans")?.at("cluster")?.text;
  const collectors = [spans, policy.spec.envoy?.tracing?.upstream];
  return [...(canaryOf(policy)?.fetchClusters ?? []), ...collectors.filter((name) => name !== undefined)];
}
