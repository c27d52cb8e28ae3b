import type { Field } from "./field.js";
import { type Limits, matchOf, shadowed } from "./limits.js";
import type { Quota } from "./quota.js";

/** Which requests a configuration is for. */
export interface Place {
  match: Record<string, unknown> | undefined;
  exempt: Record<string, unknown>[];
  isShadow: boolean;
}

const PERIODS = ["second", "minute", "hour", "day"] as const;
const MAX_CHOICES = 256;

/** Higress's key-rate-limit: a quota for each of some values of a header or parameter, none for other values. */
export function addKeyRateLimit(config: Field, { match, exempt, isShadow }: Place, limits: Limits): void {
  const header = config.at("limit_by_header");
  const name = (header ?? config.at("limit_by_param"))?.text();
  if (!name) return config.report("TG8104", "neither limit_by_header nor limit_by_param says where the key is");
  const quotas = readQuotas(config);
  const [first] = quotas;
  if (!first) return config.report("TG8104", "there is no key with a quota");
  const values = [...quotas.keys()];
  const source = header ? name.toLowerCase() : name;
  const [, usual] = first;
  const overrides = [...quotas].filter(([, quota]) => !isSame(quota, usual)).map(([key, quota]) => ({ key, quota }));
  for (let i = 0; i < values.length; i += MAX_CHOICES) {
    const chosen = values.slice(i, i + MAX_CHOICES);
    const condition = { name: source, ...(chosen.length === 1 ? { exact: chosen[0] } : { in: chosen }) };
    const own = overrides.filter(({ key }) => chosen.includes(key));
    const rule = {
      name: `by ${name}`,
      match: matchOf(match, header ? { headers: [condition] } : { query: [condition] }),
      ...(exempt.length > 0 ? { exempt } : {}),
      key: header ? { header: source } : { query: source },
      quota: usual,
      ...(own.length > 0 ? { overrides: own } : {}),
    };
    limits.add({ direction: "gateway" }, { rule: isShadow ? shadowed(rule) : rule, from: config });
  }
}

/** The first quota of each key counts, and of several periods the shortest, as in Higress. */
function readQuotas(config: Field): Map<string, Quota> {
  const quotas = new Map<string, Quota>();
  for (const item of config.at("limit_keys")?.items ?? []) {
    const key = item.at("key")?.text();
    const per = PERIODS.find((period) => (item.at(`query_per_${period}`)?.number() ?? 0) > 0);
    if (key === undefined || key === "" || !per) {
      item.report("TG8104", "there is no key with a quota for a second, minute, hour or day");
    } else if (quotas.has(key)) {
      item.report("TG8102", "the key stands twice, and Higress takes the first");
    } else quotas.set(key, { requests: Math.floor(item.at(`query_per_${per}`)!.number()!), per });
  }
  return quotas;
}

function isSame(one: Quota, other: Quota): boolean {
  return one.requests === other.requests && one.per === other.per;
}
