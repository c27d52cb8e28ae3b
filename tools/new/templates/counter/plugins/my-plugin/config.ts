import { ConfigNode } from "../../assembly/core/config-reader";
import { headerNameProblem } from "../../assembly/core/header-name";

// Ranges and defaults are those of schema.json.

const MIN_EVERY_MS: i64 = 100;
const MAX_EVERY_MS: i64 = 60_000;

/** A configuration, to be used only if it had no problem. */
@final
export class CounterConfig {
  header: string = "x-served";
  everyMs: u32 = 1000;
}

/**
 * Reads a configuration; every mistake in it is put into the node's problems. Only at configure: allocates.
 * @param root null stands for all defaults.
 */
export function parseConfig(root: ConfigNode | null): CounterConfig {
  const config = new CounterConfig();
  if (root == null) return config;
  root.refuseUnknown(["header", "every_ms"]);
  config.header = root.string("header", config.header);
  const problem = headerNameProblem(config.header, true);
  if (problem.length > 0) root.refuseAt("header", problem);
  config.everyMs = <u32>root.integer("every_ms", config.everyMs, MIN_EVERY_MS, MAX_EVERY_MS);
  return config;
}
