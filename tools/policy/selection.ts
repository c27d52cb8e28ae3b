import type { PolicyDocument } from "./model.js";

/** Istio's: what selects proxies there selects them in every namespace. */
export const ISTIO_ROOT_NAMESPACE = "istio-system";
/** A label that Istio gives the pods of a Gateway API gateway. */
const GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

/** The labels that select a policy's proxies, for workloads and for Istio's own gateways; undefined when there are none. */
export function selectedLabels({ spec }: PolicyDocument): Record<string, string> | undefined {
  return spec.workload?.labels ?? spec.gateway?.labels;
}

/** Labels that a policy's proxies have, those of a gateway that is given by its name too; none when all are meant. */
export function labelsOfProxies(policy: PolicyDocument): Record<string, string> {
  const name = policy.spec.gateway?.name;
  return selectedLabels(policy) ?? (name === undefined ? {} : { [GATEWAY_NAME]: name });
}

/** Whether some proxy can have the labels that both policies want: no label is to have two values. */
export function maySelectSame(one: PolicyDocument, other: PolicyDocument): boolean {
  return one.metadata.namespace === other.metadata.namespace && labelsMayAgree(one, other);
}

/** The same, whatever the namespaces. */
export function labelsMayAgree(one: PolicyDocument, other: PolicyDocument): boolean {
  const labels = labelsOfProxies(one);
  return Object.entries(labelsOfProxies(other)).every(([key, value]) => (ownOf(labels, key) ?? value) === value);
}

/** Whether a policy's labels select every proxy that another's do, whatever the namespaces. */
export function labelsSelectAllOf(wide: PolicyDocument, narrow: PolicyDocument): boolean {
  const labels = labelsOfProxies(narrow);
  return Object.entries(labelsOfProxies(wide)).every(([key, value]) => ownOf(labels, key) === value);
}

/** A label's value; undefined without that label, whatever it is called. */
export function ownOf(labels: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
