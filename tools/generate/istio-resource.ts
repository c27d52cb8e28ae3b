import {
  type Direction,
  directionOf,
  type GatewaySelector,
  type PolicyDocument,
  policyLabel,
} from "../policy/model.js";
import { selectedLabels } from "../policy/selection.js";

/** The label that says who made a resource; Helm writes its own name into it. */
export const MANAGED_BY = "app.kubernetes.io/managed-by";
/** The annotation that says from which policy, as `namespace/name`, or its name alone where it has no namespace. */
export const OWNER = "tidegate.dev/policy";

/**
 * Name, namespace, labels and annotations of a resource of Kubernetes that is generated from a policy. The policy's own
 * labels and annotations are kept, in the order of their keys: their order in the file means nothing.
 */
export function resourceMetadata(policy: PolicyDocument, name: string): object {
  const { namespace, labels, annotations = {} } = policy.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !isOfTools(key));
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: sorted({ [MANAGED_BY]: "tidegate", ...labels }),
    annotations: sorted({ ...Object.fromEntries(kept), [OWNER]: policyLabel(policy) }),
  };
}

/** Annotations that are about the policy's own file or object, such as `config.kubernetes.io/local-config`. */
export function isOfTools(key: string): boolean {
  return (
    /^((internal\.)?config\.kubernetes\.io|(kustomize\.)?config\.k8s\.io|internal\.kpt\.dev)\//.test(key) ||
    key === "kubectl.kubernetes.io/last-applied-configuration"
  );
}

function sorted(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).sort(([one], [other]) => (one < other ? -1 : 1)));
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
