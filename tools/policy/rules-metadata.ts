import { OWNER } from "../generate/istio-resource.js";
import type { Fault } from "./fault.js";
import type { PolicyDocument } from "./model.js";

/** Annotations that would say of the generated resources what is not true. */
export function metadataFaults({ metadata }: PolicyDocument): Fault[] {
  if (!Object.hasOwn(metadata.annotations ?? {}, OWNER)) return [];
  const message = `generate writes the annotation ${OWNER} itself, with the policy's namespace and name`;
  const path = ["metadata", "annotations", OWNER];
  return [{ code: "TG3802", path, at: "key", message, remedy: "Leave it out, or choose another key" }];
}

/**
 * A policy in the namespace that was asked for, as kubectl -n means it: policies that name none are of that one, those
 * of another are at fault.
 * @param namespace undefined: none was asked for.
 */
export function inNamespace(
  policy: PolicyDocument,
  namespace: string | undefined,
): { policy: PolicyDocument; faults: Fault[] } {
  const own = policy.metadata.namespace;
  if (namespace === undefined || own === namespace) return { policy, faults: [] };
  if (own === undefined) return { policy: { ...policy, metadata: { ...policy.metadata, namespace } }, faults: [] };
  const message = `the policy is of the namespace ${own}, and ${namespace} was asked for`;
  const remedy = `Take the policy's namespace out, or give -n ${own}`;
  return { policy, faults: [{ code: "TG3801", path: ["metadata", "namespace"], message, remedy }] };
}
