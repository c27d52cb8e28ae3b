import { ConfigNode } from "../../core/config-reader";
import { readDuration } from "../../core/duration";
import { readPercent } from "../../core/percent-config";
import { plainNameProblem } from "../../core/plain-name";

// Ranges and defaults are those of the plugins' schema.json; a test compares them.

/** When a proxy goes back to the stable configuration by itself: the object `revert`. Shares are parts of 1. */
@final
export class RevertConfig {
  /** False: the new configuration is taken at once, and nothing is counted. */
  enabled: bool = true;
  /** How long the stable configuration is measured, and how long at most while there are too few requests. */
  baselineNs: u64 = 60_000_000_000;
  maxBaselineNs: u64 = 900_000_000_000;
  /** How long the new configuration is watched. */
  watchNs: u64 = 1_800_000_000_000;
  /** Fewer requests say nothing. */
  minRequests: f64 = 50;
  /** How much more may fail, and be rejected, than under the stable configuration. */
  moreErrors: f64 = 0.05;
  moreRejections: f64 = 0.1;
}

/** Which share of the proxies takes a new configuration: the object `rollout`, but for the stable configuration. */
@final
export class RolloutConfig {
  /** In hundredths of a percent. */
  percent: i32 = 0;
  salt: string = "";
  revert: RevertConfig = new RevertConfig();
}

/** Reads the object `rollout`; what is under `stable` is for the caller to read. Only at configure: allocates. */
export function readRollout(node: ConfigNode): RolloutConfig {
  const config = new RolloutConfig();
  node.refuseUnknown(["percent", "salt", "stable", "revert"]);
  node.required("percent");
  config.percent = readPercent(node, "percent", 0);
  config.salt = node.requiredString("salt");
  const problem = config.salt.length > 0 ? plainNameProblem(config.salt, "_-", true) : "";
  if (problem.length > 0) node.refuseAt("salt", problem);
  node.requiredObject("stable");
  const revert = node.object("revert");
  if (revert != null) readRevert(revert, config.revert);
  return config;
}

function readRevert(node: ConfigNode, config: RevertConfig): void {
  node.refuseUnknown(["enabled", "baseline", "max_baseline", "watch", "min_requests", "errors", "rejections"]);
  config.enabled = node.bool("enabled", true);
  config.baselineNs = <u64>readDuration(node, "baseline", config.baselineNs, "1s", "24h");
  config.maxBaselineNs = <u64>readDuration(node, "max_baseline", config.maxBaselineNs, "1s", "24h");
  config.watchNs = <u64>readDuration(node, "watch", config.watchNs, "1s", "24h");
  config.minRequests = <f64>node.integer("min_requests", 50, 10, 1_000_000);
  config.moreErrors = readMore(node, "errors", 5);
  config.moreRejections = readMore(node, "rejections", 10);
  if (config.maxBaselineNs >= config.baselineNs) return;
  const key = node.has("max_baseline") ? "max_baseline" : "baseline";
  node.refuseAt(key, 'expected a "max_baseline" that is at least as long as "baseline"');
}

function readMore(node: ConfigNode, key: string, otherwise: f64): f64 {
  const object = node.object(key);
  if (object == null) return otherwise / 100;
  object.refuseUnknown(["more_percent"]);
  return object.number("more_percent", otherwise, 0.1, 100) / 100;
}
