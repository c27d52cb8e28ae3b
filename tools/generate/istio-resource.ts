import { type Direction, directionOf, type GatewaySelector, type PolicyDocument } from "../policy/model.js";
import { selectedLabels } from "../policy/selection.js";

/** Name, namespace, labels and annotations of a generated Istio resource. */
export function resourceMetadata({ metadata }: PolicyDocument, name: string): object {
  return {
    name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: { ...metadata.labels, "app.kubernetes.io/managed-by": "tidegate" },
    ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
  };
}

/** The proxies of a policy, as WasmPlugin and Telemetry select them. */
export function selector(policy: PolicyDocument): object {
  const labels = selectedLabels(policy);
  return { ...(labels ? { selector: { matchLabels: labels } } : {}), ...targetRefs(policy.spec.gateway) };
}

/** The same as EnvoyFilter selects them. */
export function workloadSelector(policy: PolicyDocument): object {
  const labels = selectedLabels(policy);
  return { ...(labels ? { workloadSelector: { labels } } : {}), ...targetRefs(policy.spec.gateway) };
}

const MODE: Record<Direction, string | undefined> = { inbound: "SERVER", outbound: "CLIENT", gateway: undefined };

/** What tells a sidecar's two directions apart in WasmPlugin and Telemetry; a gateway has one. */
export function directionMode({ spec }: PolicyDocument): { mode?: string } {
  const mode = MODE[directionOf(spec)];
  return mode ? { mode } : {};
}

/** Gateway API gateways have no labels to select by: they are named. */
function targetRefs(gateway: GatewaySelector | undefined): { targetRefs?: object[] } {
  if (gateway?.name === undefined) return {};
  return { targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: gateway.name }] };
}
