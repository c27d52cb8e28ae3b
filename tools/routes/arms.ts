import { type Canary, canaryOf, type GivenArm } from "../canary/config.js";
import type { Code } from "../policy/codes.js";
import type { ArmRoute, PolicyDocument, Routes, Upstream } from "../policy/model.js";
import { plainUpstreams } from "./side-upstreams.js";

/** Everything that routes of a policy are made from. */
export interface RoutePlan {
  routes: Routes;
  /** The request header that carries the decision. */
  header: string;
  /** Arms with what serves them, in the policy's order; the fallback arm is one of them. */
  arms: RoutedArm[];
  /** Serves requests without a decision, or with one that is no arm's. */
  fallback: RoutedArm;
}

/** An arm, what the decision header says for it, and what serves it. */
export interface RoutedArm extends ArmRoute {
  value: string;
}

/** The plan of a policy's routes; undefined when it has none, or none that could work (`routeFaults` says why). */
export function routePlan(policy: PolicyDocument): RoutePlan | undefined {
  const { routes } = policy.spec;
  const canary = canaryOf(policy);
  if (!routes || !canary) return undefined;
  const arms = routes.arms.map((arm) => ({ ...arm, value: canary.valueOf(arm.name) }));
  const fallback = arms.find(({ name }) => name === fallbackName(routes, canary));
  return fallback && { routes, header: canary.header, arms, fallback };
}

/** Name of the arm that serves what no decision routes. */
export function fallbackName(routes: Routes, canary: Canary): string | undefined {
  return routes.fallback ?? canary.standard;
}

/** The Istio subset that an arm is. Subsets have no dots and no underscores in their names. */
export function subsetName({ subset, name }: ArmRoute): string {
  return subset ?? name.replace(/[._]+/g, "-").replace(/-+$/, "");
}

/** Whether an upstream of plain Envoy is the one that serves an arm. */
export function serves(upstream: Upstream, arm: ArmRoute): boolean {
  return upstream.name === (arm.upstream ?? arm.name);
}

/** Without spec.routes, the upstream of requests that no condition takes. */
export function restUpstream(policy: PolicyDocument): Upstream | undefined {
  return plainUpstreams(policy)[0];
}

/** What an arm that nothing serves is called, and the code of that. */
export function kindOf(given: GivenArm | undefined): { code: Code; kind: "arm" | "lane" } {
  return given?.isLane ? { code: "TG3102", kind: "lane" } : { code: "TG3101", kind: "arm" };
}
