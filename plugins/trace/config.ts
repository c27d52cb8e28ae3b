import { ConfigNode } from "../../assembly/core/config-reader";
import { BaggageConfig, readBaggageConfig } from "./baggage/config";
import { JoinConfig, readJoin } from "./join/config";
import { PropagationConfig, readPropagation, Span } from "./propagation/config";
import { readSampling, SamplingConfig } from "./sampling/config";
import { readSpans, SpansConfig } from "./spans/config";
import { readTelling, TellingConfig } from "./telling/config";

/** The plugin's configuration, defaults applied: what an empty configuration means. To be used only without problems. */
@final
export class TraceConfig {
  readonly propagation: PropagationConfig = new PropagationConfig();
  sampling: SamplingConfig = new SamplingConfig();
  baggage: BaggageConfig = new BaggageConfig();
  readonly telling: TellingConfig = new TellingConfig();
  /** Null: nothing is joined. */
  join: JoinConfig | null = null;
  /** Null: no spans are sent. */
  spans: SpansConfig | null = null;
}

const KEYS: string[] = [
  "trust",
  "start",
  "extract",
  "inject",
  "span",
  "tracestate_key",
  "sampling",
  "baggage",
  "join",
  "access_log",
  "response",
  "spans",
];

/**
 * Reads a configuration; every mistake in it is put into the node's problems. Only at configure: allocates.
 * @param root null stands for all defaults.
 */
export function parseConfig(root: ConfigNode | null): TraceConfig {
  const config = new TraceConfig();
  if (root == null) return config;
  root.refuseUnknown(KEYS);
  readPropagation(root, config.propagation);
  config.sampling = readSampling(root);
  config.baggage = readBaggageConfig(root);
  const join = root.object("join");
  if (join != null) config.join = readJoin(join);
  readTelling(root, config.telling);
  const spans = root.object("spans");
  if (spans == null) return config;
  config.spans = readSpans(spans);
  if (config.propagation.span == Span.Pass) root.refuseAt("spans", 'expected together with "span": "new" only');
  return config;
}
