import type { GatewaySelector, PolicyDocument } from "../policy/model.js";

/** Name, namespace, labels and annotations of a generated Istio resource. */
export function resourceMetadata({ metadata }: PolicyDocument, name: string): object {
  return {
    name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: { ...metadata.labels, "app.kubernetes.io/managed-by": "tidegate" },
    ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
  };
}

/** The labels that select proxies, for workloads and for Istio's own gateways; undefined when there are none. */
export function selectedLabels({ spec }: PolicyDocument): Record<string, string> | undefined {
  return spec.workload?.labels ?? spec.gateway?.labels;
}

/** Gateway API gateways have no labels to select by: they are named. */
export function targetRefs(gateway: GatewaySelector | undefined): { targetRefs?: object[] } {
  if (gateway?.name === undefined) return {};
  return { targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: gateway.name }] };
}
