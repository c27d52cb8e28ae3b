import type { PolicyDocument } from "../policy/model.js";
import { restUpstream, routePlan, serves } from "./arms.js";

/**
 * Name of the upstream that the generated routes choose for a request, undefined when there is none for it. Every way
 * of routing chooses the same; all upstreams are taken for present.
 * @param valuesOf all values of a header, by its name in lower case.
 */
export function chosenUpstream(policy: PolicyDocument, valuesOf: (header: string) => string[]): string | undefined {
  const upstreams = policy.spec.envoy?.upstreams ?? [];
  const conditional = upstreams.find(({ when }) => when && valuesOf(when.header).includes(when.exact));
  if (conditional) return conditional.name;
  const plan = routePlan(policy);
  if (plan) {
    const arm = plan.arms.find(({ value }) => valuesOf(plan.header).includes(value)) ?? plan.fallback;
    return upstreams.find((upstream) => serves(upstream, arm))?.name;
  }
  return restUpstream(policy)?.name;
}
