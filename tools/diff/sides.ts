import { type Canary, canaryOf } from "../canary/config.js";
import type { PolicyDocument } from "../policy/model.js";
import { stage } from "../rollout/stage.js";
import { fallbackName, type RoutedArm, routePlan, subsetName } from "../routes/arms.js";

/** What proxies do with canary's arms at one time: which they decide, and where routes take them. */
export interface Side {
  /** Decisions of the plugin, as `decisionOf` writes them, with the arms' names. */
  decided: ReadonlyMap<string, string>;
  /** Decisions that a route takes; undefined where nothing is known of routes. */
  routed: ReadonlySet<string> | undefined;
  /** Name of the arm that takes all other requests, where it is known. */
  fallback?: string;
  /** The subset that requests of a decision, or `OTHERS`, are led to. */
  leadsTo: ReadonlyMap<string, string>;
  /** Subsets that there are. */
  subsets: ReadonlySet<string>;
}

/** In the place of a decision: all requests that no decision routes. */
export const OTHERS = "";

/** A decision as a route sees it: a header, and what it says. */
export function decisionOf(header: string, value: string): string {
  return `${header}: ${value}`;
}

/** What proxies do once a policy is applied. Names without labels are of subsets that are made elsewhere. */
export function sideOf(given: PolicyDocument): Side {
  const { policy } = stage(given); // proxies of both sides of a rollout decide
  const { routes } = policy.spec;
  const canary = canaryOf(policy);
  const plan = routePlan(policy);
  const ofSubsets = (plan?.arms ?? []).filter(({ service }) => service === undefined);
  const decision = (arm: RoutedArm): string => (arm === plan?.fallback ? OTHERS : decisionOf(plan!.header, arm.value));
  const fallback = routes && canary && fallbackName(routes, canary);
  return {
    decided: canary ? decidedBy(canary) : new Map(),
    routed: plan && new Set(plan.arms.map((arm) => decisionOf(plan.header, arm.value))),
    ...(fallback === undefined ? {} : { fallback }),
    leadsTo: new Map(ofSubsets.map((arm) => [decision(arm), subsetName(arm)])),
    subsets: new Set(ofSubsets.filter(({ labels }) => labels).map(subsetName)),
  };
}

/** Every arm and lane that canary may decide. */
export function decidedBy({ given, header, valueOf }: Canary): Map<string, string> {
  return new Map([...given.keys()].map((name) => [decisionOf(header, valueOf(name)), name]));
}

/** Whether a policy's routes are resources of their own, beside those of the plugins. */
export function hasOwnRoutes({ spec: { routes } }: PolicyDocument): boolean {
  return routes !== undefined && (routes.service !== undefined || routes.arms.some((arm) => arm.service !== undefined));
}
