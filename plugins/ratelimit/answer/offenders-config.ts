import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_TOP: i64 = 20;
const DEFAULT_PERIOD_NS: i64 = 60_000_000_000;
const NAMES: string[] = ["masked", "plain"];

/** Who is told to operators of those that are turned away. */
@final
export class OffendersConfig {
  /** How many are named. */
  top: i32 = 5;
  /** How often, in ns. */
  periodNs: u64 = <u64>DEFAULT_PERIOD_NS;
  /** Whether only the beginnings of keys are shown. */
  masked: bool = true;
}

/** Reads the object `offenders` of the configuration; null when there is none. For configure: allocates. */
export function readOffenders(root: ConfigNode): OffendersConfig | null {
  const node = root.object("offenders");
  if (node == null) return null;
  const config = new OffendersConfig();
  node.refuseUnknown(["top", "period", "names"]);
  config.top = <i32>node.integer("top", 5, 1, MAX_TOP);
  config.periodNs = <u64>readDuration(node, "period", DEFAULT_PERIOD_NS, "10s", "24h");
  config.masked = node.oneOf("names", NAMES, "masked") == "masked";
  return config;
}
