import { canaryOf } from "../canary/config.js";
import type { PolicyDocument, Upstream } from "../policy/model.js";
import { configNodes } from "../policy/node.js";

/**
 * Upstreams without a condition that clients' requests can go to; without spec.routes the first takes all that no
 * condition does. Plugins and Envoy's tracer speak to others by themselves, for lists and with spans.
 */
export function plainUpstreams(policy: PolicyDocument): Upstream[] {
  const aside = sideUpstreams(policy);
  return (policy.spec.envoy?.upstreams ?? []).filter(({ name, when }) => !when && !aside.includes(name));
}

function sideUpstreams(policy: PolicyDocument): string[] {
  const spans = configNodes(policy, "trace").map((config) => config.at("spans")?.at("cluster")?.text);
  const collectors = [...spans, policy.spec.envoy?.tracing?.upstream];
  return [...(canaryOf(policy)?.fetchClusters ?? []), ...collectors.filter((name) => name !== undefined)];
}
