import type { Draft } from "./draft.js";
import type { Field } from "./field.js";
import type { Reading } from "./import.js";
import { clashes, LimitDrafts, matchOf, type Scope, shadowed } from "./limits.js";
import { gatewayOf, workloadOf } from "./placement.js";
import { UNLIMITED } from "./quota.js";
import { readCondition, readQuota } from "./slime-quota.js";
import { readMatch, type SlimeMatch } from "./slime-match.js";
import { readScopes } from "./slime-target.js";
import type { Source } from "./source.js";

const BASE = "_base";

/** Slime's SmartLimiter: a rule for each descriptor, a policy for each set, direction and port. */
export function importSmartLimiter(source: Source, reading: Reading): Draft[] {
  const spec = source.root.at("spec");
  const limits = new LimitDrafts(source);
  for (const [set, descriptors] of spec?.at("sets")?.members ?? [])
    for (const descriptor of descriptors.at("descriptor")?.items ?? [])
      addDescriptor(descriptor, set === BASE ? "" : set, limits, reading);
  const given = spec?.at("workloadSelector")?.texts();
  const isGateway = spec?.at("gateway")?.flag() === true;
  const labels = given ?? (isGateway ? undefined : reading.serviceLabels(source));
  const guess = { labels: { istio: "ingressgateway" } };
  return limits.drafts((_, set) =>
    isGateway
      ? gatewayOf(source, labels, reading.options, guess)
      : subsetOf(source, set, workloadOf(source, labels, reading.options), reading),
  );
}

/** A set is a subset of the service's pods, by the labels that a DestinationRule gives it. */
function subsetOf(source: Source, set: string, where: Draft["where"], reading: Reading): Draft["where"] {
  if (set === "") return where;
  const known = reading.subsetLabels(source.name, set, source.namespace);
  if (!known) {
    const path = [...source.base, "spec", "sets", set];
    const remedy = "Import the DestinationRule along with it";
    source.report({
      code: "TG8107",
      path,
      at: "key",
      message: `the labels of the subset are not known; version: ${set} is taken`,
      remedy,
    });
  }
  return { workload: { labels: { ...where.workload?.labels, ...(known ?? { version: set }) } } };
}

function addDescriptor(descriptor: Field, set: string, limits: LimitDrafts, reading: Reading): void {
  if (descriptor.at("custom_key") ?? descriptor.at("custom_value")) {
    return descriptor.report("TG8104", "a descriptor with custom_key belongs to actions that stand elsewhere");
  }
  const condition = readCondition(descriptor, reading.options);
  if (condition === "never") return void descriptor.settle();
  const metered = readQuota(descriptor, reading.options);
  if (!metered) return descriptor.report("TG8104", "no rule comes of it");
  const match = readMatch(descriptor);
  for (const { scope, isWider, name } of readScopes(descriptor, reading)) {
    if (clashes(scope.match, match.others)) {
      descriptor.report("TG8104", "its conditions on the host are not those of its target");
      continue;
    }
    const when = typeof condition === "object" ? condition.when : undefined;
    const all = matchOf(
      { ...listed("headers", match.headers), ...listed("query", match.query) },
      match.others,
      scope.match,
    );
    const limit = conditional(limited(match, metered), when);
    const whole = { name: name ?? nameOf(match), ...(all ? { match: all } : {}), ...limit };
    const isShadow = isWider || match.isWider || condition === "unknown";
    limits.add(scope, { rule: isShadow ? shadowed(whole) : whole, from: descriptor }, set);
    addHeaders(descriptor, scope, limits, set);
  }
}

/** A quota for all requests, for each value of a header, or for some addresses each. */
function limited(match: SlimeMatch, metered: ReturnType<typeof readQuota> & object): Record<string, unknown> {
  const { quota } = metered;
  if (match.addresses.length > 0) {
    const overrides = match.addresses.map((key) => ({ key, quota }));
    return { key: { client_address: { ipv6_prefix: 128 } }, ...metered, quota: UNLIMITED, overrides };
  }
  return { ...(match.separate === undefined ? {} : { key: { header: match.separate } }), ...metered };
}

/** A limit that is there only under a condition: otherwise the rule has a quota that nobody reaches. */
function conditional(rule: Record<string, unknown>, when: string | undefined): Record<string, unknown> {
  if (when === undefined) return rule;
  return { ...rule, quota: UNLIMITED, conditions: [{ name: "imported", when, then: { quota: rule["quota"] } }] };
}

/** Envoy answers gRPC by UNAVAILABLE, unless it is told otherwise, which Slime does not. */
function addHeaders(descriptor: Field, scope: Scope, limits: LimitDrafts, set: string): void {
  limits.set(scope, "response.grpc_status", "unavailable", descriptor, set);
  const headers = (descriptor.down("action", "headers_to_add")?.items ?? []).map((header) => ({
    name: (header.at("key")?.text() ?? "").toLowerCase(),
    value: header.at("value")?.text() ?? "",
  }));
  if (headers.length > 0)
    limits.set(scope, "response.headers", headers, descriptor.down("action", "headers_to_add")!, set);
}

function nameOf({ headers, query, addresses }: SlimeMatch): string {
  const [first] = [...headers, ...query];
  if (first) return `by ${String(first["name"])}`;
  return addresses.length > 0 ? "by address" : "all";
}

function listed(key: string, items: object[]): Record<string, unknown> {
  return items.length === 0 ? {} : { [key]: items };
}
