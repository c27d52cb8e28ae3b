import { ConfigNode } from "../../../assembly/core/config-reader";
import { readHeaderSource, readPath } from "../../../assembly/request/config";
import { HeaderNames, RequestFacts } from "../../../assembly/request/facts";
import { Condition, RequestMatch } from "../../../assembly/request/match";
import { readOperand, Text } from "../../../assembly/request/operand";
import { OneOfTest } from "../../../assembly/request/value-test";
import { SampleRate } from "./rate";
import { ALWAYS, thresholdOf } from "./threshold";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_PATHS: i32 = 64;
const MAX_VALUES: i32 = 16;
const LEAST_RATE: f64 = 0.01;
const MOST_RATE: f64 = 1_000_000;
const CONTINUED: string[] = ["keep", "never", "ratio"];

/** A bucket that is none: no limit. */
export const UNLIMITED: i32 = -1;

/** What becomes of a decision that came with a trace. */
export enum Continued {
  Keep,
  Never,
  /** It is made anew, by the share. */
  Ratio,
}

/** How traces are sampled, everywhere or under some paths. */
@final
export class SamplingRule {
  continued: Continued = Continued.Keep;
  /** Of the share, see threshold.ts. */
  threshold: u64 = ALWAYS;
  /** Number of the rate that limits what is sampled, UNLIMITED for none. */
  bucket: i32 = UNLIMITED;
  /** The paths that it is for. */
  readonly match: RequestMatch = new RequestMatch();
}

/** How traces are sampled: what no configuration means, until it is read. Allocates nothing when asked. */
@final
export class SamplingConfig {
  readonly base: SamplingRule = new SamplingRule();
  /** The first whose match holds takes the place of `base`. */
  readonly paths: SamplingRule[] = [];
  /** The rates that rules name by number. */
  readonly rates: SampleRate[] = [];
  /** Which requests are sampled in any case; null for none. */
  force: Condition | null = null;
  /** Whether the tracestate is to tell the threshold of what is sampled here. */
  writesThreshold: bool = true;
  /** The headers that rules look at. */
  readonly names: HeaderNames = new HeaderNames();

  /** Whether anything of a request is looked at. */
  get asksRequests(): bool {
    return this.force != null || this.paths.length > 0;
  }

  /** Whether the request is to be sampled in any case. @param facts null: nothing is known of it. */
  forces(facts: RequestFacts | null): bool {
    const force = this.force;
    return facts != null && force != null && force.holds(facts);
  }

  /** The rule that the request is under. */
  ruleFor(facts: RequestFacts | null): SamplingRule {
    if (facts == null) return this.base;
    for (let i = 0; i < this.paths.length; i++) {
      const rule = unchecked(this.paths[i]);
      if (rule.match.holds(facts)) return rule;
    }
    return this.base;
  }
}

/** Reads the key "sampling" of the configuration. Only at configure: allocates. */
export function readSampling(root: ConfigNode): SamplingConfig {
  const config = new SamplingConfig();
  const node = root.object("sampling");
  if (node == null) return config;
  node.refuseUnknown(["continued", "percent", "per_second", "force", "paths", "threshold"]);
  readRule(node, config, config.base);
  const force = node.object("force");
  if (force != null) config.force = readForce(force, config.names);
  const paths = node.objects("paths", 1, MAX_PATHS);
  for (let i = 0; i < paths.length; i++) config.paths.push(readPathRule(paths[i], config));
  config.writesThreshold = node.bool("threshold", true);
  return config;
}

/** Reads what is there; the rest stays as it is in `rule`. */
function readRule(node: ConfigNode, config: SamplingConfig, rule: SamplingRule): void {
  // The words are in the order of the enum.
  const kept = unchecked(CONTINUED[rule.continued]);
  rule.continued = <Continued>CONTINUED.indexOf(node.oneOf("continued", CONTINUED, kept));
  if (node.has("percent")) rule.threshold = thresholdOf(node.number("percent", 100, 0, 100));
  if (!node.has("per_second")) return;
  rule.bucket = config.rates.length;
  config.rates.push(new SampleRate(node.number("per_second", MOST_RATE, LEAST_RATE, MOST_RATE)));
}

function readPathRule(node: ConfigNode, config: SamplingConfig): SamplingRule {
  const rule = new SamplingRule();
  rule.continued = config.base.continued;
  rule.threshold = config.base.threshold;
  rule.bucket = config.base.bucket;
  node.refuseUnknown(["path", "continued", "percent", "per_second"]);
  if (node.required("path") != null) readPath(node, config.names, rule.match);
  if (!node.has("continued") && !node.has("percent") && !node.has("per_second")) {
    node.refuse('expected one of the keys "continued", "percent", "per_second" beside "path"');
  }
  readRule(node, config, rule);
  return rule;
}

function readForce(node: ConfigNode, names: HeaderNames): Condition {
  node.refuseUnknown(["header", "values"]);
  const source = readHeaderSource(node, "header", names);
  if (!node.has("values")) return new Condition(source, null);
  const nodes = node.array("values", 1, MAX_VALUES);
  return new Condition(source, new OneOfTest(nodes.map<string>((value) => readOperand(value, "in", Text.Header))));
}
