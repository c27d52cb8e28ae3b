import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { JsonDocument } from "../../assembly/core/json";
import { skipBelowOf } from "../../assembly/core/trace-context";

// Ranges and defaults are those of schema.json; a test compares the two.

/** What of the caller's trace context is taken over. */
export enum Trust {
  /** All of it that is valid. */
  Full,
  /** Nothing: whatever the caller sent is replaced, or removed. */
  None,
}

/** The plugin's configuration, defaults applied: what an empty configuration means. To be used only without problems. */
@final
export class TraceConfig {
  trust: Trust = Trust.Full;
  /** Whether a request that has no trace, or loses its own, gets a new one. */
  start: bool = true;
  /** Which of the traces started here are sampled, as `TraceContext.start` takes it. */
  skipBelow: u64 = skipBelowOf(100);
}

/** Reads a configuration; every mistake in it is put into `problems`. Only at configure: allocates. */
export function parseConfig(document: JsonDocument, problems: Problems): TraceConfig {
  const config = new TraceConfig();
  const root = ConfigNode.root(document, problems);
  if (root == null) return config;
  root.refuseUnknown(["trust", "start", "sampling"]);
  config.trust = root.oneOf("trust", ["full", "none"], "full") == "none" ? Trust.None : Trust.Full;
  config.start = root.bool("start", true);
  const sampling = root.object("sampling");
  if (sampling == null) return config;
  sampling.refuseUnknown(["percent"]);
  config.skipBelow = skipBelowOf(sampling.number("percent", 100, 0, 100));
  return config;
}
