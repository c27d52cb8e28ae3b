import type { DraftRule } from "./draft.js";
import { joined, partOf } from "./envoy-actions.js";
import type { Field } from "./field.js";
import { clashes, matchOf, type Scope, shadowed } from "./limits.js";
import { bucketQuota, withCommon } from "./local-bucket.js";
import type { LocalRateLimit } from "./local-ratelimit.js";
import { UNLIMITED } from "./quota.js";

type Rule = Record<string, unknown>;

/** Rules with their scopes, and whether there are requests that the descriptor is for and no rule is. */
export interface DescriptorRules {
  rules: (DraftRule & { scope: Scope })[];
  isLost: boolean;
}

/** The rules of a descriptor: one for each of the actions that write it. */
export function descriptorRules(descriptor: Field, limit: LocalRateLimit, common: Rule): DescriptorRules {
  const entries = (descriptor.at("entries")?.items ?? []).map((entry) => ({
    key: entry.at("key")?.text() ?? "",
    value: entry.at("value")?.text() || undefined,
  }));
  const writers = limit.rateLimits.flatMap(({ actions, scope, isWider = false }) => {
    const parts = partsOf(actions.at("actions")?.items ?? [], entries);
    if (parts) actions.source.use(actions.path);
    return parts ? [{ actions, scope, isWider, parts }] : [];
  });
  const clear = writers.filter(({ scope, parts }) => !parts.includes("cannot") && !clashing(scope, parts));
  if (clear.length === 0) {
    const why =
      writers.length > 0
        ? "the plugin ratelimit cannot say which requests it is for"
        : "no action in these files writes it";
    descriptor.report("TG8104", why, "Write the rule by hand, or import its route along with it");
  }
  if (clear.length > 1)
    descriptor.source.report({
      code: "TG8105",
      path: descriptor.path,
      message: "several actions write it; each has a quota of its own here",
    });
  const name = entries.map(({ key, value }) => value ?? key).join(" ");
  const rules = clear.flatMap(({ actions, scope, isWider, parts }) => {
    const joint = joined(parts.filter((part) => typeof part === "object"));
    const rule = ruleOf(descriptor, joint, common, actions);
    const match = matchOf(scope.match, joint.match);
    const exempt = [...limit.exempt, ...joint.exempt];
    const of = { ...(match ? { match } : {}), ...(exempt.length > 0 ? { exempt } : {}) };
    if (!rule) return [];
    const whole = { name, ...of, ...rule };
    return [{ rule: isWider ? shadowed(whole) : whole, from: descriptor, scope }];
  });
  return { rules, isLost: rules.length < writers.length };
}

/** Whether conditions of a descriptor, or of it and its route, are on the same part of a request. */
function clashing({ match }: Scope, parts: ReturnType<typeof partOf>[]): boolean {
  const matches = parts.map((part) => (typeof part === "object" ? part.match : undefined));
  return matches.some((one, i) => clashes(match, one) || matches.slice(0, i).some((other) => clashes(other, one)));
}

/** What the actions write for the entries; undefined when they write something else. */
function partsOf(actions: Field[], entries: Parameters<typeof partOf>[1][]): ReturnType<typeof partOf>[] | undefined {
  if (actions.length !== entries.length || actions.length === 0) return undefined;
  const parts = actions.map((action, i) => partOf(action, entries[i]!));
  return parts.includes("other") ? undefined : parts;
}

function ruleOf(descriptor: Field, joint: ReturnType<typeof joined>, common: Rule, rateLimit: Field): Rule | undefined {
  const bucket = descriptor.at("token_bucket");
  const metered = bucket && bucketQuota(bucket);
  if (!metered) return void descriptor.settle();
  const shadow = descriptor.at("shadow_mode")?.flag() === true ? { shadow: true } : {};
  const hits = rateLimit.down("hits_addend", "number")?.number();
  const keys = [...joint.keys.map(({ key }) => key!), ...("key" in common ? [common["key"] as Rule] : [])];
  const rule = withCommon(metered, { ...common, ...keyOf(keys) });
  if (hits !== undefined && hits > 1) rule["cost"] = { constant: hits * (metered.cost?.constant ?? 1) };
  if (!joint.keys.some(({ only }) => only !== undefined)) return { ...rule, ...shadow };
  if (joint.keys.some(({ only }) => only === undefined) || "key" in common) {
    descriptor.report("TG8104", "one value of a key together with all values of another cannot be said");
    return undefined;
  }
  const values = joint.keys.map(({ only }) => only!);
  const overrides = [{ key: values.length === 1 ? values[0] : values, quota: rule["quota"] }];
  return { ...rule, quota: UNLIMITED, overrides, ...shadow };
}

function keyOf(keys: Rule[]): Rule {
  return keys.length === 0 ? {} : { key: keys.length === 1 ? keys[0] : keys };
}
