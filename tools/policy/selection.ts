import type { PolicyDocument } from "./model.js";

/** The labels that select a policy's proxies, for workloads and for Istio's own gateways; undefined when there are none. */
export function selectedLabels({ spec }: PolicyDocument): Record<string, string> | undefined {
  return spec.workload?.labels ?? spec.gateway?.labels;
}

/** Whether some proxy can have the labels that both policies want: no label is to have two values. */
export function maySelectSame(one: PolicyDocument, other: PolicyDocument): boolean {
  const labels = selectedLabels(one) ?? {};
  return isOneNamespace(one, other) && everyLabel(other, (key, value) => (labels[key] ?? value) === value);
}

/** Whether one policy is for every proxy that the other one is for, or the other way round. */
export function surelySelectSame(one: PolicyDocument, other: PolicyDocument): boolean {
  return isOneNamespace(one, other) && (selectsAllOf(one, other) || selectsAllOf(other, one));
}

function isOneNamespace(one: PolicyDocument, other: PolicyDocument): boolean {
  return one.metadata.namespace === other.metadata.namespace;
}

function selectsAllOf(wide: PolicyDocument, narrow: PolicyDocument): boolean {
  const labels = selectedLabels(narrow) ?? {};
  return everyLabel(wide, (key, value) => labels[key] === value);
}

function everyLabel(policy: PolicyDocument, holds: (key: string, value: string) => boolean): boolean {
  return Object.entries(selectedLabels(policy) ?? {}).every(([key, value]) => holds(key, value));
}
