import type { Draft } from "./draft.js";
import { filterConfig, rateLimitsOf, routeConfig } from "./envoy-patches.js";
import type { Field } from "./field.js";
import type { Reading } from "./import.js";
import { hostMatch, LimitDrafts, matchOf, type Scope } from "./limits.js";
import { addLocalRateLimit, type PlacedActions, replacedBy } from "./local-ratelimit.js";
import { workloadOf } from "./placement.js";
import type { Source } from "./source.js";

/** Whether a document is a bare configuration of the local limiter, or an Envoy's that has it in a listener. */
export function isEnvoyConfig({ root }: Source): boolean {
  if (root.at("kind") || root.at("apiVersion")) return false;
  return [
    root.at("static_resources"),
    root.at("http_filters"),
    root.at("typed_config"),
    root.at("token_bucket"),
    root.at("descriptors"),
  ].some(Boolean);
}

/** Envoy's own configuration: the filter, its settings, or listeners. Of listeners only the limiter is looked at. */
export function importEnvoyConfig(source: Source, { options }: Reading): Draft[] {
  const limits = new LimitDrafts(source);
  const { root } = source;
  const managers = managersOf(root);
  for (const manager of managers) addManager(manager, limits, options);
  if (managers.length === 0) {
    const config = filterConfig(root) ?? root;
    const scope: Scope = { direction: "inbound" };
    const rateLimits = rateLimitsOf(root).map((actions) => ({ actions, scope }));
    addLocalRateLimit({ config, scope, rateLimits, exempt: [] }, limits, options);
  }
  return limits.drafts(() => workloadOf(source, undefined, options));
}

/** HTTP connection managers of all listeners. What else is in an Envoy's configuration is no limit of anything. */
function managersOf(root: Field): Field[] {
  if (root.at("http_filters")) return [root];
  const listeners = root.down("static_resources", "listeners")?.items ?? [];
  const filters = listeners.flatMap((listener) =>
    (listener.at("filter_chains")?.items ?? []).flatMap((chain) => chain.at("filters")?.items ?? []),
  );
  if (root.at("static_resources")) root.settle();
  return filters.flatMap((filter) => (filter.down("typed_config", "http_filters") ? filter.at("typed_config")! : []));
}

function addManager(manager: Field, limits: LimitDrafts, options: Reading["options"]): void {
  const filters = manager.at("http_filters")?.items ?? [];
  const config = filters.map(filterConfig).find((found) => found !== undefined);
  if (!config) return;
  const hosts = manager.down("route_config", "virtual_hosts")?.items ?? [];
  const routes = hosts.flatMap((host) => routesOf(host));
  const replacing = routes.filter((route) => route.config);
  for (const { config: own, scope, rateLimits } of replacing)
    addLocalRateLimit({ config: own!, scope, rateLimits, exempt: [] }, limits, options);
  const rateLimits = routes.filter((route) => !route.config).flatMap((route) => route.rateLimits);
  const exempt = replacedBy(config, replacing);
  manager.settle();
  addLocalRateLimit({ config, scope: { direction: "inbound" }, rateLimits, exempt }, limits, options);
}

interface Route {
  scope: Scope;
  config?: Field;
  rateLimits: PlacedActions[];
}

/** The routes of a virtual host that say something of limits, by what is said nearest to them. */
function routesOf(host: Field): Route[] {
  const domains = (host.at("domains")?.items ?? []).flatMap((domain) => domain.text() ?? []);
  const ofHost = routeConfig(host);
  return (host.at("routes")?.items ?? []).map((route) => {
    const config = routeConfig(route) ?? ofHost;
    const match = matchOf(hostMatch(domains), config || rateLimitsOf(route).length > 0 ? pathOf(route) : undefined);
    const scope: Scope = { direction: "inbound", ...(match ? { match } : {}) };
    const rateLimits = [...rateLimitsOf(route), ...rateLimitsOf(host)].map((actions) => ({ actions, scope }));
    return { scope, ...(config ? { config } : {}), rateLimits };
  });
}

/** The path of a route's match; / is every path. */
function pathOf(route: Field): Record<string, unknown> | undefined {
  const match = route.at("match");
  const prefix = match?.at("prefix")?.text();
  const path = match?.at("path")?.text();
  for (const [key, field] of match?.members ?? [])
    if (!["prefix", "path"].includes(key))
      field.report("TG8105", "the limit is for all requests under the route's host and path, whatever this says");
  if (path !== undefined) return { path: { exact: path } };
  return prefix === undefined || prefix === "/" ? undefined : { path: { prefix } };
}
