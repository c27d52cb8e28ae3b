// The formats of trace context, written down a second time, from their own texts: regular expressions over whole values
// and big integers. Nothing here knows how the plugin does it.
import {
  ABSENT,
  type Format,
  fromHex,
  hex,
  INVALID,
  isSameSpan,
  type Sampling,
  single,
  traced,
  traceHex,
  valuesOf,
} from "./trace-oracle-context.js";
import { vendorFormats } from "./trace-oracle-vendors.js";

/** https://www.w3.org/TR/trace-context-2/#traceparent-header */
const tracecontext: Format = {
  name: "tracecontext",
  headers: ["traceparent"],
  extract: single("traceparent", (value) => {
    const match = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[^,]*)?$/s.exec(value);
    if (!match || (match[1] === "00" && match[5] !== undefined)) return INVALID;
    const flags = Number.parseInt(match[4]!, 16);
    const sampling = (flags & 1) === 1 ? "sampled" : "dropped";
    return traced({
      trace: fromHex(match[2]!),
      parent: fromHex(match[3]!),
      sampling,
      random: (flags & 2) === 2,
    });
  }),
  inject: ({ trace, parent, sampling, random }) => {
    const sampled = sampling === "sampled" || sampling === "debug";
    const flags = Number(sampled) + (random === true ? 2 : 0);
    return { traceparent: `00-${hex(trace, 32)}-${hex(parent, 16)}-0${flags}` };
  },
};

const B3_STATES: Record<string, Sampling> = { "0": "dropped", "1": "sampled", d: "debug" };
const b3State = (sampling: Sampling) => (sampling === "dropped" ? "0" : sampling === "sampled" ? "1" : "d");
const B3_IDS = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-([01d]))?(?:-([0-9a-f]{16}))?$/i;

/** https://github.com/openzipkin/b3-propagation#single-header */
const b3: Format = {
  name: "b3",
  headers: ["b3"],
  extract: single("b3", (value) => {
    const alone = B3_STATES[value];
    if (alone) return { found: "decision", context: { trace: 0n, parent: 0n, sampling: alone } };
    const [, trace, span, state] = B3_IDS.exec(value) ?? [];
    if (trace === undefined || (state !== undefined && B3_STATES[state] === undefined)) return INVALID;
    const sampling = state === undefined ? undefined : B3_STATES[state];
    return traced({ trace: fromHex(trace), parent: fromHex(span!), sampling, short: trace.length === 16 });
  }),
  inject: (context, sent) => {
    const ids = `${traceHex(context)}-${hex(context.parent, 16)}`;
    const state = context.sampling === undefined ? "" : `-${b3State(context.sampling)}`;
    const parent = isSameSpan(b3.extract(sent), context) ? B3_IDS.exec(valuesOf(sent, "b3")[0]!)![4] : undefined;
    const isParent = parent !== undefined && fromHex(parent) !== 0n;
    return { b3: `${ids}${state}${isParent ? `-${parent.toLowerCase()}` : ""}` };
  },
};

const [B3_TRACE, B3_SPAN, B3_PARENT] = ["x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid"] as const;
const [B3_SAMPLED, B3_FLAGS] = ["x-b3-sampled", "x-b3-flags"] as const;

/** https://github.com/openzipkin/b3-propagation#multiple-headers: "the first value wins". */
const b3multi: Format = {
  name: "b3multi",
  headers: [B3_TRACE, B3_SPAN, B3_PARENT, B3_SAMPLED, B3_FLAGS],
  extract: (sent) => {
    const values = b3multi.headers.map((name) => valuesOf(sent, name)[0]);
    if (values.every((value) => value === undefined)) return ABSENT;
    const [trace, span, parent, sampled, flags] = values;
    const sampling = b3multiSampling(sampled, flags);
    if (sampling === "invalid") return INVALID;
    if (trace === undefined && span === undefined && parent === undefined) {
      return sampling === undefined ? ABSENT : { found: "decision", context: { trace: 0n, parent: 0n, sampling } };
    }
    const areSpans = [span ?? "", parent ?? "0".repeat(16)].every((id) => /^[0-9a-f]{16}$/i.test(id));
    if (!/^([0-9a-f]{16}){1,2}$/i.test(trace ?? "") || !areSpans) return INVALID;
    return traced({ trace: fromHex(trace!), parent: fromHex(span!), sampling, short: trace!.length === 16 });
  },
  inject: (context, sent) => ({
    [B3_TRACE]: traceHex(context),
    [B3_SPAN]: hex(context.parent, 16),
    ...(isSameSpan(b3multi.extract(sent), context) ? {} : { [B3_PARENT]: null }),
    [B3_SAMPLED]: context.sampling === "dropped" ? "0" : context.sampling === "sampled" ? "1" : null,
    [B3_FLAGS]: context.sampling === "debug" ? "1" : null,
  }),
};

/** Debug implies accept, whatever x-b3-sampled says; true and false are of before the specification. */
function b3multiSampling(sampled: string | undefined, flags: string | undefined): Sampling | "invalid" {
  if (flags === "1") return "debug";
  if (sampled === undefined) return undefined;
  if (/^(1|true)$/i.test(sampled)) return "sampled";
  return /^(0|false)$/i.test(sampled) ? "dropped" : "invalid";
}

/** All formats with ids, by their names. */
export const FORMATS: readonly Format[] = [tracecontext, b3, b3multi, ...vendorFormats];

export function formatOf(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name);
}
