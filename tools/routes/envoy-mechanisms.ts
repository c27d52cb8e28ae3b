import type { ArmRoute, Upstream } from "../policy/model.js";
import { type RoutedArm, type RoutePlan, serves } from "./arms.js";
import { aggregateCluster, subsetCluster, upstreamCluster } from "./envoy-clusters.js";
import type { EnvoyRouting } from "./envoy-routing.js";

/** Cluster that has the endpoints of all arms, and the metadata that chooses among them. */
const SUBSETS = "arms";
const SUBSET_KEY = "arm";

/** Each arm has a route that matches its value. */
export function headerArms(plan: RoutePlan, upstreams: readonly Upstream[]): EnvoyRouting {
  const fronts = plan.arms.map((arm) => frontOf(arm, plan, upstreams));
  const routes = fronts
    .filter(({ arm }) => arm !== plan.fallback)
    .map(({ arm, name, retry }) => ({
      name: arm.name,
      match: { prefix: "/", headers: [{ name: plan.header, string_match: { exact: arm.value } }] },
      route: { cluster: name, ...retry },
    }));
  return { clusters: clustersOf(fronts), routes: [...routes, fallbackRoute(plan, fronts)], filters: [] };
}

/** The value names the cluster; a route lets only the arms' values do that. */
export function clusterHeaderArms(plan: RoutePlan, upstreams: readonly Upstream[]): EnvoyRouting {
  const fronts = plan.arms.map((arm) => frontOf(arm, plan, upstreams, arm.value));
  const retry = fronts.find((front) => front.retry)?.retry;
  const route = { match: decisionMatch(plan), route: { cluster_header: plan.header, ...retry } };
  return { clusters: clustersOf(fronts), routes: [route, fallbackRoute(plan, fronts)], filters: [] };
}

/** The value is a number, which Envoy takes for the place among clusters that weigh 1 each. */
export function weightedArms(plan: RoutePlan, upstreams: readonly Upstream[]): EnvoyRouting {
  const fronts = plan.arms.map((arm) => frontOf(arm, plan, upstreams));
  const clusters = fronts.map(({ name }) => ({ name, weight: 1 }));
  const retry = fronts.find((front) => front.retry)?.retry;
  const route = { weighted_clusters: { clusters, header_name: plan.header }, ...retry };
  const routes = [{ match: decisionMatch(plan), route }, fallbackRoute(plan, fronts)];
  return { clusters: clustersOf(fronts), routes, filters: [] };
}

/** A filter turns the value into metadata, which chooses a subset of one cluster; the route has that of the fallback. */
export function metadataArms(plan: RoutePlan, upstreams: readonly Upstream[]): EnvoyRouting {
  const used = upstreams.filter((upstream) => plan.arms.some((arm) => serves(upstream, arm)));
  const valuesOf = (upstream: Upstream): string[] =>
    plan.arms.filter((arm) => serves(upstream, arm)).map((arm) => arm.value);
  const members = used.map((upstream) => ({ upstream, values: valuesOf(upstream) }));
  const { value } = plan.fallback;
  const fallback = { filter_metadata: { "envoy.lb": { [SUBSET_KEY]: value } } };
  return {
    clusters: [subsetCluster(SUBSETS, SUBSET_KEY, members, plan.routes.missing === "fallback" ? value : undefined)],
    routes: [{ match: { prefix: "/" }, route: { cluster: SUBSETS, metadata_match: fallback } }],
    filters: [headerToMetadata(plan)],
  };
}

/** A value that is no arm's becomes empty, and an empty one no metadata. */
function headerToMetadata(plan: RoutePlan): object {
  const onlyArms = { pattern: { regex: `^(?:(${anyValue(plan.arms)})|.*)$` }, substitution: String.raw`\1` };
  const metadata = { metadata_namespace: "envoy.lb", key: SUBSET_KEY, type: "STRING" };
  return {
    name: "envoy.filters.http.header_to_metadata",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config",
      request_rules: [{ header: plan.header, on_header_present: { ...metadata, regex_value_rewrite: onlyArms } }],
    },
  };
}

/** The upstream that serves an arm; rules have seen to it that there is one. */
export function upstreamOf(arm: ArmRoute, upstreams: readonly Upstream[]): Upstream {
  const upstream = upstreams.find((one) => serves(one, arm));
  if (!upstream) throw new Error(`no upstream serves ${arm.name}`);
  return upstream;
}

/** What routes call the cluster of an arm, with all clusters that it takes. */
interface Front {
  arm: RoutedArm;
  name: string;
  clusters: { name: string }[];
  /** Present when the fallback arm stands in. */
  retry?: object;
}

/** @param given name that the cluster must have. */
function frontOf(arm: RoutedArm, plan: RoutePlan, upstreams: readonly Upstream[], given?: string): Front {
  const upstream = upstreamOf(arm, upstreams);
  const isAlone = plan.routes.missing !== "fallback" || serves(upstream, plan.fallback);
  const ownOfMany = given === undefined ? upstream.name : `${upstream.name}|own`;
  const own = isAlone ? (given ?? upstream.name) : ownOfMany;
  const cluster = upstreamCluster(upstream, own) as { name: string };
  if (isAlone) return { arm, name: own, clusters: [cluster] };
  const fallback = frontOf(plan.fallback, plan, upstreams, given === undefined ? undefined : plan.fallback.value);
  const name = given ?? `${own}|${fallback.name}`;
  const front = aggregateCluster(name, [own, fallback.name]) as { name: string };
  return { arm, name, clusters: [cluster, front], retry: { retry_policy: ONCE_MORE } };
}

/** A connection that was refused has carried no request; the next endpoint tried is the fallback's. */
const ONCE_MORE = {
  retry_on: "connect-failure",
  num_retries: 1,
  retry_priority: {
    name: "envoy.retry_priorities.previous_priorities",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
      update_frequency: 1,
    },
  },
};

function clustersOf(fronts: readonly Front[]): object[] {
  return fronts.flatMap((front) => front.clusters);
}

function fallbackRoute(plan: RoutePlan, fronts: readonly Front[]): object {
  const cluster = fronts.find(({ arm }) => arm === plan.fallback)?.name;
  return { name: plan.fallback.name, match: { prefix: "/" }, route: { cluster } };
}

function decisionMatch({ header, arms }: RoutePlan): object {
  return { prefix: "/", headers: [{ name: header, string_match: { safe_regex: { regex: anyValue(arms) } } }] };
}

/** A regular expression of RE2 for the arms' values. */
function anyValue(arms: readonly RoutedArm[]): string {
  return arms.map(({ value }) => value.replace(/[^\w\u0080-\uffff]/g, String.raw`\$&`)).join("|");
}
