import { filterPriority } from "../chain/place.js";
import { directionOf, type PolicyDocument } from "../policy/model.js";
import { HTTP_MANAGER } from "./http-manager.js";
import { CONTEXT } from "./istio-contexts.js";
import { resourceMetadata, workloadSelector } from "./istio-resource.js";

/** An EnvoyFilter for a policy's proxies. @param patches for each port that the policy names; once for all without. */
export function envoyFilter(
  policy: PolicyDocument,
  name: string,
  patches: (port: number | undefined) => object[],
): object {
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: resourceMetadata(policy, name),
    spec: {
      ...workloadSelector(policy),
      priority: filterPriority(policy),
      configPatches: (policy.spec.attach?.ports ?? [undefined]).flatMap(patches),
    },
  };
}

/** The HTTP managers of a policy's listeners, or one HTTP filter in each. @param portNumber all when absent. */
export function managerMatch(
  { spec }: PolicyDocument,
  portNumber: number | undefined,
  httpFilter?: string,
): { context: string; listener: object } {
  const filter = { name: HTTP_MANAGER, ...(httpFilter === undefined ? {} : { subFilter: { name: httpFilter } }) };
  return {
    context: CONTEXT[directionOf(spec)],
    listener: { ...(portNumber === undefined ? {} : { portNumber }), filterChain: { filter } },
  };
}
