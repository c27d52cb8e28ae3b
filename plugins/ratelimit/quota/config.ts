import { ConfigNode } from "../../../assembly/core/config-reader";
import { Quota } from "../../../assembly/core/gcra";

const MAX_REQUESTS: i64 = 1_000_000_000;
const MAX_PER_SECOND: i64 = 1_000_000;
const PERIODS: string[] = ["second", "minute", "hour", "day"];
const PERIOD_SECONDS: i64[] = [1, 60, 3600, 86_400];

const MAX_REPLICAS: i64 = 10_000;

/** A quota as configured. */
@final
export class QuotaConfig {
  requests: i64 = 1;
  periodSeconds: i64 = 1;
  /** At once, in this proxy. */
  burst: i64 = 1;

  toQuota(): Quota {
    return new Quota(this.requests, this.periodSeconds, this.burst);
  }
}

/**
 * Reads an object of `requests`, `per`, `burst` and `replicas`; of that many proxies each has its share: as many requests
 * in so many times the period. Only at configure: allocates.
 */
export function readQuota(node: ConfigNode): QuotaConfig {
  const quota = new QuotaConfig();
  node.refuseUnknown(["requests", "per", "burst", "replicas"]);
  const known = node.required("per") != null && node.required("requests") != null;
  const period = PERIODS.indexOf(node.oneOf("per", PERIODS, ""));
  if (period >= 0) quota.periodSeconds = PERIOD_SECONDS[period];
  const most = period >= 0 ? min<i64>(MAX_REQUESTS, MAX_PER_SECOND * quota.periodSeconds) : MAX_REQUESTS;
  quota.requests = node.integer("requests", 1, 1, most);
  const replicas = node.integer("replicas", 1, 1, MAX_REPLICAS);
  quota.periodSeconds *= replicas;
  quota.burst = max<i64>(1, node.integer("burst", quota.requests, 1, MAX_REQUESTS) / replicas);
  if (known && period >= 0 && !Quota.fits(quota.requests, quota.periodSeconds, quota.burst)) {
    node.refuseAt("burst", "expected a burst that is earned within 180 days at this quota");
  }
  return quota;
}
