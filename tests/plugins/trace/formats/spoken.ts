import { writeLowerHex } from "../../../../assembly/core/hex";
import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { Found, TraceFormat } from "../../../../plugins/trace/formats/trace-format";
import { RecordedEdits, send } from "../sent";

/** Sampling by its names, in the order of the enumeration. */
const SAMPLINGS: string[] = ["undecided", "dropped", "sampled", "debug"];

/** The context of these 32 and 16 digits. */
export function contextOf(traceId: string, parentId: string, sampling: Sampling): TraceContext {
  const context = new TraceContext();
  context.traceIdHigh = U64.parseInt(traceId.substring(0, 16), 16);
  context.traceIdLow = U64.parseInt(traceId.substring(16), 16);
  context.parentId = U64.parseInt(parentId, 16);
  context.sampling = sampling;
  return context;
}

/** A context as `{trace id} {parent id} {sampling}`, then what else holds of it. */
export function textOf(context: TraceContext): string {
  const buffer = new ArrayBuffer(48);
  const to = changetype<usize>(buffer);
  writeLowerHex(context.traceIdHigh, 16, to);
  writeLowerHex(context.traceIdLow, 16, to + 16);
  writeLowerHex(context.parentId, 16, to + 32);
  const digits = String.UTF8.decode(buffer);
  const ids = digits.substring(0, 32) + " " + digits.substring(32);
  const more = (context.isRandom ? " random" : "") + (context.isShort ? " short" : "");
  return ids + " " + SAMPLINGS[context.sampling] + more;
}

/** What the format takes these headers (name, value, name, value, ...) for. */
export function extracted(format: TraceFormat, headers: TraceHeaders, pairs: string[]): string {
  send(headers, pairs);
  const context = contextOf("dddddddddddddddddddddddddddddddd", "dddddddddddddddd", Sampling.Debug);
  context.isRandom = true;
  context.isShort = true;
  const found = format.extract(context);
  if (found == Found.Trace) return textOf(context);
  assert(!context.hasTrace && context.parentId == 0, "ids without a trace");
  assert(!context.isRandom && !context.isShort, "facts of a trace without one");
  if (found == Found.Decision) return "only " + SAMPLINGS[context.sampling];
  return found == Found.Absent ? "absent" : "invalid";
}

/** What the format makes of a request with these headers so that it says `context`. */
export function injected(format: TraceFormat, headers: TraceHeaders, pairs: string[], context: TraceContext): string {
  send(headers, pairs);
  const edits = new RecordedEdits(headers);
  format.inject(context, edits);
  return edits.toString();
}
