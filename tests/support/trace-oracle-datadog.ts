// Datadog's format, as trace-oracle-formats.ts has those of W3C and Zipkin.
import type { HeaderList } from "../../tools/host/index.js";
import {
  ABSENT,
  type Context,
  decimal,
  type Extracted,
  type Format,
  fromHex,
  hex,
  INVALID,
  isSameTrace,
  isSampled,
  LOW,
  type Sampling,
  traced,
  valuesOf,
} from "./trace-oracle-context.js";

const [TRACE, PARENT, PRIORITY, TAGS, ORIGIN] = [
  "x-datadog-trace-id",
  "x-datadog-parent-id",
  "x-datadog-sampling-priority",
  "x-datadog-tags",
  "x-datadog-origin",
] as const;
const TID = "_dd.p.tid=";
const MOST_TAGS = 512;

/** A number, negative where the sender has no unsigned ones; undefined where there are none or several. */
function numberIn(sent: HeaderList, name: string): bigint | undefined {
  const values = valuesOf(sent, name);
  if (values.length !== 1) return undefined;
  const negative = values[0]!.startsWith("-");
  const number = decimal(negative ? values[0]!.slice(1) : values[0]!);
  if (number === undefined || !negative) return number;
  return number > 1n << 63n ? undefined : -number;
}

const unsigned = (number: bigint): bigint => number & LOW;

/** Tags without a mistake among them; none otherwise. */
function tagsOf(sent: HeaderList): string[] {
  const values = sent.filter(([name]) => name.toLowerCase() === TAGS).map(([, value]) => value);
  const [value] = values;
  if (value === undefined || values.length > 1 || value === "" || value.length > MOST_TAGS) return [];
  const tags = value.split(",");
  return tags.every((tag) => /^_dd\.p\.[\x21-\x3c\x3e-\x7e]+(=[\x20-\x7e]*)?$/.test(tag)) ? tags : [];
}

/** The trace id's upper half; 0 where no tag says it in 16 digits. */
function highOf(sent: HeaderList): bigint {
  const said = tagsOf(sent).filter((tag) => tag.startsWith(TID) && /^[0-9a-f]{16}$/i.test(tag.slice(TID.length)));
  return fromHex(said.at(-1)?.slice(TID.length) ?? "0");
}

/** What cannot be read is no decision. */
function samplingIn(sent: HeaderList): Sampling {
  const priority = numberIn(sent, PRIORITY);
  if (priority === undefined) return undefined;
  const signed = BigInt.asIntN(64, priority);
  return signed <= 0n ? "dropped" : signed === 1n ? "sampled" : "debug";
}

/** https://docs.datadoghq.com/tracing/trace_collection/trace_context_propagation/ */
export const datadog: Format = {
  name: "datadog",
  headers: [TRACE, PARENT, PRIORITY, TAGS, ORIGIN],
  extract: (sent): Extracted => {
    if ([TRACE, PARENT].every((name) => valuesOf(sent, name).length === 0)) return ABSENT;
    const [low, parent] = [numberIn(sent, TRACE), numberIn(sent, PARENT)];
    if (low === undefined || low === 0n || parent === undefined) return INVALID;
    const high = highOf(sent);
    const trace = (high << 64n) | unsigned(low);
    return traced({ trace, parent: unsigned(parent), sampling: samplingIn(sent), short: high === 0n }, true);
  },
  inject: (context, sent) => {
    // A low half of 0 is no trace to Datadog.
    if ((context.trace & LOW) === 0n) return Object.fromEntries(datadog.headers.map((name) => [name, null]));
    const found = datadog.extract(sent);
    const isSame = isSameTrace(found, context);
    const isDecided = isSame && found.found === "trace" && found.context.sampling === context.sampling;
    const { sampling } = context;
    const priority = sampling === "debug" ? "2" : String(Number(isSampled(sampling)));
    return {
      [TRACE]: (context.trace & LOW).toString(),
      [PARENT]: context.parent.toString(),
      ...(sampling === undefined ? { [PRIORITY]: null } : isDecided ? {} : { [PRIORITY]: priority }),
      [TAGS]: tagsWith(context, isSame ? tagsOf(sent) : [], isDecided),
      ...(isSame ? {} : { [ORIGIN]: null }),
    };
  },
};

/** The upper half in the place where it was, or at the end; who decided only goes on with the decision. */
function tagsWith({ trace }: Context, tags: string[], isDecided: boolean): string | null {
  const high = trace >> 64n;
  const tid = high === 0n ? [] : [`${TID}${hex(high, 16)}`];
  const kept = tags.filter((tag) => isDecided || !tag.startsWith("_dd.p.dm="));
  const at = kept.findIndex((tag) => tag.startsWith(TID));
  const others = kept.filter((tag) => !tag.startsWith(TID));
  const before = at < 0 ? others : kept.slice(0, at);
  const all = [...before, ...tid, ...others.slice(before.length)].join(",");
  return (all.length <= MOST_TAGS ? all : tid.join(",")) || null;
}
