import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";

// Ranges and defaults are those of schema.json; a test compares the two.

/** Arms that may be watched: bounds the shared record, which every worker copies once a second. */
export const MAX_ABORTS: i32 = 16;

/** When an arm is taken out: the object `abort` of an arm. Shares are parts of 1. */
@final
export class AbortConfig {
  /** What the arm is measured against; the number of arms stands for requests without one. */
  baseline: i32 = 0;
  windowNs: u64 = 60_000_000_000;
  minRequests: f64 = 50;
  /** How much more may fail than of the baseline; NaN: failures are not looked at. */
  moreErrors: f64 = NaN;
  /** How much may fail while the baseline has too few requests; NaN: any. */
  mostErrors: f64 = NaN;
  /** The share of requests whose latency is compared; NaN: latencies are not looked at. */
  percentile: f64 = NaN;
  /** What that latency may come to, both at once: so many times the baseline's, and so much more. */
  times: f64 = 1.5;
  moreNs: f64 = 10_000_000;
  /** The same while the baseline has too few requests; NaN: any. */
  mostNs: f64 = NaN;
  dwellNs: u64 = 10_000_000_000;
  recoverNs: u64 = 600_000_000_000;

  /** @param arm the watched one. */
  constructor(readonly arm: i32) {}

  /** All that decides, as text: workers whose texts differ share nothing. */
  toString(): string {
    const counts = `${this.arm},${this.baseline},${this.windowNs},${this.minRequests}`;
    const errors = `${this.moreErrors},${this.mostErrors}`;
    const latency = `${this.percentile},${this.times},${this.moreNs},${this.mostNs}`;
    return `${counts};${errors};${latency};${this.dwellNs},${this.recoverNs}`;
  }
}

/**
 * Reads the object `abort` of an arm. Only at configure, once all arms are known: allocates.
 * @param arms names by index. @param defaultArm index, or -1 for none.
 */
export function readAbort(node: ConfigNode, arm: i32, arms: string[], defaultArm: i32): AbortConfig {
  const config = new AbortConfig(arm);
  node.refuseUnknown(["baseline", "window", "min_requests", "errors", "latency", "dwell", "recover_after"]);
  if (arm == defaultArm) node.refuse("expected an arm other than the default, which takes what an aborted arm leaves");
  config.baseline = readBaseline(node, arm, arms, defaultArm);
  config.windowNs = <u64>readDuration(node, "window", config.windowNs, "10s", "1h");
  config.minRequests = <f64>node.integer("min_requests", 50, 10, 1_000_000);
  config.dwellNs = <u64>readDuration(node, "dwell", config.dwellNs, "0s", "10m");
  config.recoverNs = <u64>readDuration(node, "recover_after", config.recoverNs, "10s", "24h");
  if (!node.has("errors") && !node.has("latency")) node.refuse('expected the key "errors" or "latency"');
  const errors = node.object("errors");
  if (errors != null) readErrors(errors, config);
  const latency = node.object("latency");
  if (latency != null) readLatency(latency, config);
  return config;
}

function readBaseline(node: ConfigNode, arm: i32, arms: string[], defaultArm: i32): i32 {
  if (!node.has("baseline")) return defaultArm >= 0 ? defaultArm : arms.length;
  const name = node.requiredString("baseline");
  const baseline = arms.indexOf(name);
  if (name.length > 0 && baseline < 0) node.refuseAt("baseline", "expected the name of an arm that requests are given");
  if (baseline == arm) node.refuseAt("baseline", "expected another arm than this one");
  return max(0, baseline);
}

function readErrors(node: ConfigNode, config: AbortConfig): void {
  node.refuseUnknown(["more_percent", "above_percent"]);
  config.moreErrors = node.number("more_percent", 5, 0.1, 100) / 100;
  config.mostErrors = node.number("above_percent", NaN, 0.1, 100) / 100;
}

function readLatency(node: ConfigNode, config: AbortConfig): void {
  node.refuseUnknown(["percentile", "times", "more", "above"]);
  config.percentile = node.number("percentile", 99, 50, 99.9) / 100;
  config.times = node.number("times", 1.5, 1, 100);
  config.moreNs = <f64>readDuration(node, "more", 10_000_000, "0ms", "10m");
  if (node.has("above")) config.mostNs = <f64>readDuration(node, "above", 0, "1ms", "10m");
}
