import type { DraftRule } from "./draft.js";
import { percentOf } from "./envoy-percent.js";
import { addResponse } from "./envoy-response.js";
import type { Field } from "./field.js";
import { type Limits, type Scope, shadowed } from "./limits.js";
import { bucketQuota, withCommon } from "./local-bucket.js";
import { descriptorRules } from "./local-descriptors.js";
import type { ImportOptions } from "./options.js";

/** A configuration of envoy.filters.http.local_ratelimit with the requests that it is for. */
export interface LocalRateLimit {
  config: Field;
  scope: Scope;
  /** `rate_limits` that are in force there, each for its own requests: what makes the filter see a descriptor. */
  rateLimits: PlacedActions[];
  /** Requests for which another configuration stands in for this one. */
  exempt: Record<string, unknown>[];
}

/** An item of `rate_limits`, and the requests for which its actions are taken. */
export interface PlacedActions {
  actions: Field;
  scope: Scope;
  /** Whether the scope holds more requests than those. */
  isWider?: boolean;
}

type Rule = Record<string, unknown>;

/** Adds the rules of one configuration to a resource's limits. */
export function addLocalRateLimit(limit: LocalRateLimit, limits: Limits, options: ImportOptions): void {
  const { config, scope } = limit;
  config.at("@type")?.settle();
  const name = config.at("stat_prefix")?.text() ?? "limit";
  const bucket = config.at("token_bucket");
  const descriptors = config.at("descriptors")?.items ?? [];
  if (!bucket && descriptors.length === 0) return;
  const common = commonSettings(config, options);
  const read = descriptors.map((descriptor) => descriptorRules(descriptor, limit, common));
  const found = read.flatMap(({ rules }) => rules);
  for (const { scope: own, ...rule } of found) limits.add(own, rule);
  const isLost = read.some((one) => one.isLost);
  if (bucket) addDefault({ bucket, name, common, found, isLost }, limit, limits);
  for (const one of [scope, ...found.map(({ scope: own }) => own)]) addResponse(config, one, limits);
}

/** Shares of requests, a counter for each connection, and the number of proxies: the same for all rules. */
function commonSettings(config: Field, options: ImportOptions): Rule {
  const perConnection = config.at("local_rate_limit_per_downstream_connection")?.flag() === true;
  const cluster = config.at("local_cluster_rate_limit")?.settle();
  if (cluster && options.replicas === undefined)
    cluster.report(
      "TG8107",
      "the number of proxies is not known; quotas are written as for one",
      "Say it with --replicas",
    );
  const replicas = cluster ? options.replicas : undefined;
  return {
    ...(perConnection ? { key: { connection: true } } : {}),
    ...(replicas === undefined ? {} : { replicas }),
    ...percentOf(config, "filter_enabled", "enabled_percent"),
    ...percentOf(config, "filter_enforced", "enforced_percent"),
  };
}

interface Default {
  bucket: Field;
  name: string;
  common: Rule;
  /** Rules of descriptors, and whether some could not be had. */
  found: DraftRule[];
  isLost: boolean;
}

/** The default bucket: for every request, or for those that no descriptor is for. */
function addDefault(
  { bucket, name, common, found, isLost }: Default,
  { config, scope, exempt }: LocalRateLimit,
  limits: Limits,
): void {
  const metered = bucketQuota(bucket);
  if (!metered) return;
  const isAlways = config.at("always_consume_default_token_bucket")?.flag() !== false;
  const others = isAlways ? [] : found.map(({ rule }) => rule);
  if (others.some(({ match, exempt: of }) => match === undefined && of === undefined)) return; // no request is left for it
  const isUnclear = !isAlways && (isLost || others.some((rule) => "exempt" in rule || "overrides" in rule));
  const exempts = [...exempt, ...others.map(({ match }) => match as Rule)].slice(0, 16);
  const rule = { ...withCommon(metered, common), ...(exempts.length > 0 ? { exempt: exempts } : {}) };
  const whole = { name, ...(scope.match ? { match: scope.match } : {}), ...rule };
  if (isUnclear) {
    const message = "which requests no descriptor is for cannot be said; the rule is a shadow";
    bucket.source.report({ code: "TG8104", path: bucket.path, message, remedy: "Write its exempt by hand" });
  }
  limits.add(scope, { rule: isUnclear ? shadowed(whole) : whole, from: bucket });
}

/**
 * Matches of the requests for which routes have settings of their own in place of the filter's. Those that only a port
 * tells apart are counted by both, and that is reported.
 */
export function replacedBy(config: Field, routes: readonly { scope: Scope }[]): Rule[] {
  if (!config.at("token_bucket")) return [];
  const exempt = routes.flatMap(({ scope: { match } }) => (match ? [match] : []));
  if (exempt.length < routes.length) {
    const message = "requests of routes that have settings of their own are counted here, too";
    config.source.report({
      code: "TG8105",
      path: config.path,
      message,
      remedy: "Give the rule a match, or exempt them",
    });
  }
  return exempt;
}
