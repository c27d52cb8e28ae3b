import type { PolicyDocument, Upstream } from "../policy/model.js";
import { restUpstream, routePlan, serves } from "./arms.js";
import { eachOnce, upstreamCluster } from "./envoy-clusters.js";
import { clusterHeaderArms, headerArms, metadataArms, weightedArms } from "./envoy-mechanisms.js";

/** What routing is made of in a plain Envoy. */
export interface EnvoyRouting {
  clusters: object[];
  /** Of one virtual host, in order; the last takes every request. */
  routes: object[];
  /** Filters that must run after the plugins. */
  filters: object[];
}

/**
 * Routes and clusters of a policy. Upstreams with a condition come first, in the policy's order; then the arms of
 * spec.routes, or the first upstream without a condition. Without upstreams Envoy answers 200 itself.
 */
export function envoyRouting(policy: PolicyDocument): EnvoyRouting {
  const upstreams = policy.spec.envoy?.upstreams ?? [];
  const conditional = upstreams.filter(({ when }) => when);
  const rest = policy.spec.routes ? armRouting(policy, upstreams) : fallbackRouting(policy, upstreams);
  if (upstreams.length === 0 || !rest) return { clusters: [], routes: [ownAnswer()], filters: [] };
  return { ...rest, routes: [...conditional.map(conditionalRoute), ...rest.routes] };
}

const MECHANISMS = {
  header: headerArms,
  clusterHeader: clusterHeaderArms,
  metadata: metadataArms,
  weighted: weightedArms,
};

function armRouting(policy: PolicyDocument, upstreams: readonly Upstream[]): EnvoyRouting | undefined {
  const plan = routePlan(policy);
  if (!plan || upstreams.length === 0) return undefined;
  const routing = MECHANISMS[policy.spec.envoy?.routing ?? "header"](plan, upstreams);
  const others = upstreams.filter((upstream) => upstream.when ?? !plan.arms.some((arm) => serves(upstream, arm)));
  const clusters = [...others.map((upstream) => upstreamCluster(upstream)), ...routing.clusters];
  return { ...routing, clusters: eachOnce(clusters) };
}

function fallbackRouting(policy: PolicyDocument, upstreams: readonly Upstream[]): EnvoyRouting {
  const fallback = restUpstream(policy);
  const { name } = fallback ?? {};
  const routes = fallback ? [{ name, match: { prefix: "/" }, route: { cluster: name } }] : [];
  return { clusters: upstreams.map((upstream) => upstreamCluster(upstream)), routes, filters: [] };
}

function conditionalRoute({ name, when }: Upstream): object {
  const headers = when ? { headers: [{ name: when.header, string_match: { exact: when.exact } }] } : {};
  return { name, match: { prefix: "/", ...headers }, route: { cluster: name } };
}

function ownAnswer(): object {
  return {
    match: { prefix: "/" },
    direct_response: { status: 200, body: { inline_string: "no upstream configured\n" } },
  };
}
