import type { Direction } from "../policy/model.js";
import type { Draft } from "./draft.js";
import { type Patched, readPatches } from "./envoy-patches.js";
import type { Field } from "./field.js";
import type { Reading } from "./import.js";
import { LimitDrafts, type Limits, shadowed } from "./limits.js";
import { addLocalRateLimit, type PlacedActions, replacedBy } from "./local-ratelimit.js";
import type { Source } from "./source.js";

/** Istio's EnvoyFilter, as far as it puts Envoy's local limiter into proxies. */
export function importEnvoyFilter(source: Source, reading: Reading): Draft[] {
  const spec = source.root.at("spec");
  const labels = spec?.down("workloadSelector", "labels")?.texts();
  const any: Direction[] = looksLikeGateway(labels) ? ["gateway"] : ["inbound", "outbound"];
  const places = readPatches(spec?.at("configPatches")?.items ?? [], any);
  const limits = new LimitDrafts(source);
  for (const place of places) addPlace(place, places, limits, reading);
  for (const unused of places.flatMap(({ rateLimits }) => rateLimits)) sayUnused(unused);
  return limits.drafts((direction) => where(direction, labels));
}

/** A selector that reaches the whole namespace is what the resource itself had. */
function where(direction: Direction, labels: Record<string, string> | undefined): Draft["where"] {
  if (!labels || Object.keys(labels).length === 0) return { allowNamespaceWide: true };
  return direction === "gateway" ? { gateway: { labels } } : { workload: { labels } };
}

function addPlace(place: Patched, places: Patched[], limits: LimitDrafts, { options }: Reading): void {
  const { config, scope } = place;
  if (!config) return;
  if (!place.isFilter) {
    const rateLimits = placed([place]);
    return addLocalRateLimit({ config, scope, rateLimits, exempt: [] }, widened(place, limits), options);
  }
  const routes = places.filter((other) => !other.isFilter && other.scope.direction === scope.direction);
  const exempt = replacedBy(
    config,
    routes.filter((route) => route.config),
  );
  const rateLimits = placed(routes.filter((route) => !route.config));
  addLocalRateLimit({ config, scope, rateLimits, exempt }, limits, options);
}

function placed(places: Patched[]): PlacedActions[] {
  return places.flatMap(({ scope, isWider, rateLimits }) => rateLimits.map((actions) => ({ actions, scope, isWider })));
}

/** Limits that add every rule as a shadow, for a place that holds more requests than are meant. */
function widened({ isWider }: Patched, limits: LimitDrafts): Limits {
  if (!isWider) return limits;
  return {
    add: (scope, { rule, from }, suffix) => limits.add(scope, { rule: shadowed(rule), from }, suffix),
    set: (...args) => limits.set(...args),
  };
}

/** Actions for which there is no descriptor limit nothing in Envoy either. */
function sayUnused(rateLimit: Field): void {
  if (rateLimit.source.wasUsed(rateLimit.path)) return;
  rateLimit.report("TG8102", "no descriptor in these files is what it writes, so it limits nothing");
}

function looksLikeGateway(labels: Record<string, string> | undefined): boolean {
  return Object.values(labels ?? {}).some((value) => /gateway/.test(value));
}
