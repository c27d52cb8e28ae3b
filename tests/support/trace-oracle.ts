// What becomes of a request's trace headers, decided a second time: by what the README says, and by the formats' own texts.
import type { HeaderList } from "../../tools/host/index.js";
import type { TraceConfig } from "./trace.js";
import {
  type Context,
  type Extracted,
  hex,
  isSameTrace,
  isSampled,
  type Sampling,
  valuesOf,
  type Written,
} from "./trace-oracle-context.js";
import { formatOf, FORMATS } from "./trace-oracle-formats.js";
import { changed, composed, type Member, otEntryOf, otWith, tracestateMembers } from "./trace-oracle-lists.js";
import { decideSampling } from "./trace-oracle-sampling.js";

export type Outcome = "passed" | "continued" | "converted" | "started" | "repaired" | "distrusted";

/** What only the plugin knows: ids that it drew, and whether a rate still had room. */
export interface Drawn {
  trace: bigint;
  parent: bigint;
  admitted: boolean;
}

export interface Expected {
  outcome: Outcome;
  /** Headers of contexts that are not as they came, tracestate among them; those of baggage have an oracle of their own. */
  written: Written;
  /** The context that goes on, if any. */
  context: Context | undefined;
}

/** @param config with `trust`, whose default hangs on the listener. */
export function expectedOf(config: TraceConfig, sent: HeaderList, drawn: Drawn): Expected {
  const request = new Request(config, sent);
  const context = request.settle(drawn);
  const written = context ? request.written(context, drawn) : request.stripped();
  return { outcome: request.outcome, written, context };
}

/** The formats under `extract` or `inject`. */
export function formatsOf(config: TraceConfig, key: "extract" | "inject"): string[] {
  return (config[key] ?? ["tracecontext", "baggage"]).filter((name) => name !== "baggage");
}

/** What one format says of a request. */
interface Carrier {
  name: string;
  found: Extracted;
  reads: boolean;
  writes: boolean;
}

class Request {
  outcome: Outcome = "passed";
  private readonly carriers: Carrier[];
  private readonly caller: Context | undefined;
  private readonly trusts: boolean;
  private readonly members: Member[] | undefined;

  constructor(
    private readonly config: TraceConfig,
    private readonly sent: HeaderList,
  ) {
    this.trusts = config.trust === "full";
    const [extract, inject] = [formatsOf(config, "extract"), formatsOf(config, "inject")];
    const others = this.trusts ? [] : FORMATS.map(({ name }) => name);
    this.carriers = [...new Set([...extract, ...inject, ...others])].map((name) => ({
      name,
      found: formatOf(name)!.extract(sent),
      reads: extract.includes(name),
      writes: inject.includes(name),
    }));
    this.caller = this.firstOf("trace");
    this.members = tracestateMembers(sent);
  }

  /** In the order of `extract`. */
  private firstOf(kind: "trace" | "decision"): Context | undefined {
    for (const { reads, found } of this.carriers) if (reads && found.found === kind) return found.context;
    return undefined;
  }

  private get w3c(): Carrier | undefined {
    return this.carriers.find(({ name }) => name === "tracecontext");
  }

  /** Where the request goes on; undefined: nowhere. */
  settle(drawn: Drawn): Context | undefined {
    const { start = true, span } = this.config;
    this.outcome = this.origin(start);
    if (this.outcome === "continued") {
      const caller = { ...this.caller! };
      const isLost = this.members === undefined && isSameTrace(this.w3c?.found ?? { found: "absent" }, caller);
      if (isLost) this.outcome = "repaired";
      return span === "new" || caller.parent === 0n ? { ...caller, parent: drawn.parent } : caller;
    }
    const isHalf = !start && this.trusts && this.w3c?.found.found === "trace" && this.members === undefined;
    if (isHalf) this.outcome = "repaired";
    return start ? { trace: drawn.trace, parent: drawn.parent, sampling: this.told(), random: true } : undefined;
  }

  private origin(start: boolean): Outcome {
    if (this.caller && this.trusts) return "continued";
    const hasState = this.w3c !== undefined && valuesOf(this.sent, "tracestate").length > 0;
    const isOrphan = hasState && this.w3c.found.found !== "trace";
    const isAny = ({ name, found, reads, writes }: Carrier) =>
      found.found !== "absent" || (!reads && !writes && hasHeaders(name, this.sent));
    if (!this.trusts && (hasState || this.carriers.some(isAny))) return "distrusted";
    if (isOrphan || this.carriers.some(({ reads, found }) => reads && found.found === "invalid")) return "repaired";
    return start ? "started" : "passed";
  }

  /** The decision that a trace which starts here is given by the caller. */
  private told(): Sampling {
    if (this.config.trust === "none") return undefined;
    const told = this.caller ? this.caller.sampling : this.firstOf("decision")?.sampling;
    return !this.trusts && told === "debug" ? "sampled" : told;
  }

  /** Without a trace to put in the place of what cannot go on. */
  stripped(): Written {
    const isGone = ({ found }: Carrier) => !this.trusts || found.found === "invalid";
    const gone = this.carriers.filter(isGone).map(({ name }) => removed(name));
    const isKept = this.trusts && this.w3c?.found.found === "trace" && this.members !== undefined;
    return Object.assign({}, ...gone, this.w3c === undefined || isKept ? {} : { tracestate: null }) as Written;
  }

  /** Decides about sampling, and lets all formats say what was settled. */
  written(context: Context, { admitted, parent }: Drawn): Written {
    const isOurs = this.trusts && this.w3c !== undefined && isSameTrace(this.w3c.found, context);
    const members = isOurs ? (this.members ?? []) : [];
    const ot = otEntryOf(members.find(([key]) => key === "ot")?.[1]);
    const starts = !(this.caller && this.trusts);
    const decided = decideSampling(this.config.sampling ?? {}, starts, context, ot, { sent: this.sent, admitted });
    // https://www.w3.org/TR/trace-context-2/#mutating-the-traceparent-field: "sampled" changes with the parent id only.
    const isReversed = context.sampling !== undefined && isSampled(context.sampling) !== isSampled(decided.sampling);
    if (isReversed && !starts) context.parent = parent;
    context.sampling = decided.sampling;
    const written = this.formatsWritten(context);
    if (this.w3c === undefined) return written;
    if (!this.w3c.writes)
      return isOurs && this.members && !("traceparent" in written) ? written : { ...written, tracestate: null };
    let list = decided.threshold === ot.threshold ? members : changed(members, "ot", otWith(ot, decided.threshold));
    const { span, tracestate_key: key } = this.config;
    if (span === "new" && key !== undefined) list = changed(list, key, hex(context.parent, 16));
    if (isOurs && this.members && isSame(list, this.members)) return written;
    return { ...written, tracestate: composed(list) || null };
  }

  private formatsWritten(context: Context): Written {
    const written: Written = {};
    for (const { name, found, writes } of this.carriers) {
      const says = saysTheSame(found, context);
      if (!writes) {
        const isWrong = formatOf(name)!.inject
          ? !says
          : found.found === "invalid" || (found.found === "trace" && !isSameTrace(found, context));
        if (!this.trusts || isWrong) Object.assign(written, removed(name));
      } else if (!says) {
        Object.assign(written, formatOf(name)!.inject!(context, this.sent));
        const isCallers = found.found === "trace" && found.context === this.caller;
        if (this.outcome === "continued" && !isCallers) this.outcome = "converted";
      }
    }
    return written;
  }
}

const isSame = (one: readonly Member[], other: readonly Member[]): boolean =>
  one.map(String).join() === other.map(String).join();

function hasHeaders(format: string, sent: HeaderList): boolean {
  return formatOf(format)!.headers.some((name) => valuesOf(sent, name).length > 0);
}

function removed(format: string): Written {
  return Object.fromEntries(formatOf(format)!.headers.map((header) => [header, null]));
}

/** Whether headers say just this of trace, parent and sampling; not all formats can tell debug from sampled. */
function saysTheSame(found: Extracted, context: Context): boolean {
  if (found.found !== "trace") return false;
  const { trace, parent, sampling } = found.context;
  const kind = (what: Sampling) => (what === "debug" ? "sampled" : what);
  return trace === context.trace && parent === context.parent && kind(sampling) === kind(context.sampling);
}
