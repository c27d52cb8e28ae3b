import { surelyMeet } from "../chain/meeting.js";
import type { Fault } from "../policy/fault.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import { runsUpstream } from "./plugin.js";

/**
 * Policies that put trace into the same routers as an earlier one; what concerns a policy, at its place in the list.
 * Istio joins the chains of both, and Envoy refuses a listener whose router has two ends of one.
 */
export function sameRouterFaults(policies: readonly PolicyDocument[]): Fault[][] {
  const known: PolicyDocument[] = [];
  return policies.map((policy) => {
    if (!putsTraceIntoRouter(policy)) return [];
    const earlier = known.find((other) => surelyMeet(policy, other));
    known.push(policy);
    if (!earlier) return [];
    const message = `${policyLabel(earlier)} runs trace as an upstream filter in the same proxies already`;
    const remedy = "Let one policy have trace, for all of its ports";
    return [{ code: "TG3207", path: ["spec", "tracer"], message, remedy }];
  });
}

/** Whether a policy has a plugin that runs in the router, after Envoy's tracer. */
export function putsTraceIntoRouter(policy: PolicyDocument): boolean {
  return policy.spec.plugins.some((plugin) => runsUpstream(policy, plugin));
}
