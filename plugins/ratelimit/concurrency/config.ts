import { ConfigNode } from "../../../assembly/core/config-reader";

// Ranges and defaults are those of schema.json; a test compares the two.

const MIN_LIMIT: i64 = 1;
const MAX_LIMIT: i64 = 1_000_000;

/** The limit of requests in flight, as configured; `exempt` and the answer are read elsewhere. */
@final
export class ConcurrencyConfig {
  minLimit: f64 = 3;
  maxLimit: f64 = 100_000;
  initialLimit: f64 = 64;
  shadow: bool = false;
  status: u32 = 503;
}

/** Keys of `concurrency` that `readConcurrency` reads. */
export const CONCURRENCY_KEYS: string[] = ["min_limit", "max_limit", "initial_limit", "status", "shadow"];

/** Reads the object `concurrency`. Only at configure: allocates. */
export function readConcurrency(node: ConfigNode): ConcurrencyConfig {
  const config = new ConcurrencyConfig();
  config.minLimit = <f64>node.integer("min_limit", 3, MIN_LIMIT, MAX_LIMIT);
  config.maxLimit = <f64>node.integer("max_limit", 100_000, MIN_LIMIT, MAX_LIMIT);
  config.initialLimit = <f64>node.integer("initial_limit", 64, MIN_LIMIT, MAX_LIMIT);
  config.status = <u32>node.integer("status", 503, 400, 599);
  config.shadow = node.bool("shadow", false);
  if (config.minLimit > config.maxLimit) node.refuseAt("min_limit", "expected at most max_limit");
  config.initialLimit = min<f64>(config.maxLimit, max<f64>(config.minLimit, config.initialLimit));
  return config;
}
