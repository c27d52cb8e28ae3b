// Which traces are sampled, decided a second time: OpenTelemetry's consistent probability sampling in big integers.
// https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
import type { HeaderList } from "../../tools/host/index.js";
import type { Context, Sampling } from "./trace-oracle-context.js";
import { valuesOf } from "./trace-oracle-context.js";
import type { OtEntry } from "./trace-oracle-lists.js";

export interface SamplingConfig {
  continued?: "keep" | "never" | "ratio";
  percent?: number;
  per_second?: number;
  force?: { header: string; values?: string[] };
  paths?: SamplingPath[];
  threshold?: boolean;
}

export interface SamplingPath {
  path: { exact?: string; prefix?: string; suffix?: string; template?: string };
  continued?: "keep" | "never" | "ratio";
  percent?: number;
  per_second?: number;
}

/** What is known of a request's sampling from outside. */
export interface Facts {
  sent: HeaderList;
  /** Whether the rate, if one was asked, still had room. */
  admitted: boolean;
}

const ALL = 1n << 56n;

/** The rejection threshold of a share, of four digits after leading ones that are all 0 or all f. */
export function thresholdOf(percent: number): bigint {
  const kept = BigInt(Math.round((percent / 100) * 2 ** 56));
  const exact = ALL - kept;
  if (kept === 0n || exact === 0n) return exact;
  const least = Math.min(percent / 100, 1 - percent / 100);
  const digits = Math.min(14, 4 + Math.floor(-Math.log2(least) / 4));
  const unit = 1n << BigInt(4 * (14 - digits));
  return ((exact + unit / 2n) / unit) * unit;
}

/**
 * @param starts whether the trace starts here. @param context as it came, or as it starts.
 * @returns the decision, and the threshold that the tracestate is to have; undefined for none.
 */
export function decideSampling(
  config: SamplingConfig,
  starts: boolean,
  context: Context,
  ot: OtEntry,
  facts: Facts,
): { sampling: Sampling; threshold: bigint | undefined } {
  const told = context.sampling;
  const isSampled = told === "sampled" || told === "debug";
  if (isForced(config, facts.sent)) {
    return isSampled ? { sampling: told, threshold: ot.threshold } : { sampling: "sampled", threshold: undefined };
  }
  const rule = { ...config, ...config.paths?.find(({ path }) => matches(path, facts.sent)) };
  if (told !== undefined && (rule.continued ?? "keep") === "keep") return { sampling: told, threshold: ot.threshold };
  if (told !== undefined && rule.continued === "never") return { sampling: "dropped", threshold: undefined };
  if (told === "debug") return { sampling: told, threshold: ot.threshold };
  const isLimited = rule.per_second !== undefined && told === undefined;
  const threshold = thresholdOf(rule.percent ?? 100);
  const isWithin = (ot.randomness ?? context.trace % ALL) >= threshold;
  const sampled = isWithin && (!isLimited || facts.admitted);
  // A trace that starts here and of whose like all are sampled needs no word of it.
  const isTold = config.threshold !== false && !(starts && told === undefined && threshold === 0n);
  const isKnown = sampled && !isLimited && (ot.randomness !== undefined || context.random === true);
  return {
    sampling: sampled ? "sampled" : "dropped",
    threshold: isKnown && isTold ? threshold : undefined,
  };
}

function isForced({ force }: SamplingConfig, sent: HeaderList): boolean {
  if (!force) return false;
  const [value] = valuesOf(sent, force.header);
  return value !== undefined && (force.values?.includes(value) ?? true);
}

function matches(path: SamplingPath["path"], sent: HeaderList): boolean {
  const target = (valuesOf(sent, ":path").at(-1) ?? "").split(/[?#]/)[0]!;
  if (path.exact !== undefined) return target === path.exact;
  if (path.prefix !== undefined) return target.startsWith(path.prefix);
  if (path.suffix !== undefined) return target.endsWith(path.suffix);
  const parts = path.template!.split("/");
  const given = target.split("/");
  return (
    parts.length === given.length &&
    parts.every((part, i) => part === given[i] || (part.startsWith("{") && given[i] !== ""))
  );
}
