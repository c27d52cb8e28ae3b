import { durationNs } from "./duration.js";
import type { Field } from "./field.js";
import { type Metered, meter } from "./quota.js";

type Rule = Record<string, unknown>;

/** A quota with what all rules of a configuration have in common. */
export function withCommon({ quota, cost }: Metered, { replicas, ...common }: Rule): Rule {
  return { ...common, quota: replicas === undefined ? quota : { ...quota, replicas }, ...(cost ? { cost } : {}) };
}

/** The quota of a token bucket; undefined, with a finding, when there is none. */
export function bucketQuota(bucket: Field): Metered | undefined {
  const maxTokens = bucket.at("max_tokens")?.number() ?? 0;
  const tokensPerFill = bucket.at("tokens_per_fill")?.number() ?? 1;
  const interval = bucket.at("fill_interval");
  const intervalNs = interval && durationNs(interval);
  if (intervalNs === undefined) return void bucket.settle();
  const metered = meter({ maxTokens, tokensPerFill, intervalNs });
  if (typeof metered !== "string") return metered;
  bucket.report("TG8104", `the bucket ${metered}`, "Write the rule by hand");
  return undefined;
}
