import { Fault, Verdict } from "./verdict";

/**
 * What operators are told when a proxy goes back, after the names of plugin and rollout: `back to the stable configuration,
 * since 97.0 % of 120 requests were rejected, and 1.2 % of 1020 before`. Allocates.
 */
export function revertText(verdict: Verdict): string {
  const fault = verdict.fault == Fault.Errors ? "failed" : "were rejected";
  const now = `${percent(verdict.count, verdict.requests)} % of ${<u64>verdict.requests} requests ${fault}`;
  const before = `${percent(verdict.countBefore, verdict.requestsBefore)} % of ${<u64>verdict.requestsBefore} before`;
  return `back to the stable configuration, since ${now}, and ${before}`;
}

function percent(count: f64, requests: f64): string {
  const tenths = <i64>Math.round((1000 * count) / requests);
  return `${tenths / 10}.${tenths % 10}`;
}
