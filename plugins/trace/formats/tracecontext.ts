import { readHex, writeLowerHex } from "../../../assembly/core/hex";
import {
  DASH,
  isTraceparentAt,
  PARENT_ID,
  TRACE_FLAGS,
  TRACE_ID,
  TRACEPARENT_BYTES,
  VERSION_00,
} from "../../../assembly/core/traceparent";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { SingleHeaderFormat } from "./single-header";
import { Found } from "./trace-format";

/** The caller may have recorded this trace. https://www.w3.org/TR/trace-context-2/#sampled-flag */
// @ts-ignore: decorator
@inline
const FLAG_SAMPLED: u64 = 1;
/** The right-most 7 bytes of the trace id are random. https://www.w3.org/TR/trace-context-2/#random-trace-id-flag */
// @ts-ignore: decorator
@inline
const FLAG_RANDOM: u64 = 2;

/**
 * `traceparent`, without the tracestate that belongs to it. It cannot say that nobody has decided about sampling (that
 * reads as dropped), nor that a sampled trace is one to debug, nor that the trace id came in 64 bits.
 */
@final
export class TraceContextFormat extends SingleHeaderFormat {
  private readonly written: StaticArray<u8> = new StaticArray<u8>(<i32>TRACEPARENT_BYTES);

  constructor(headers: TraceHeaders) {
    super("tracecontext", "traceparent", headers);
  }

  protected parse(from: usize, end: usize, context: TraceContext): Found {
    if (!isTraceparentAt(from, end)) return Found.Invalid;
    context.traceIdHigh = readHex(from + TRACE_ID, 16);
    context.traceIdLow = readHex(from + TRACE_ID + 16, 16);
    context.parentId = readHex(from + PARENT_ID, 16);
    // Later versions add to this one (https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent): the same flags.
    const flags = readHex(from + TRACE_FLAGS, 2);
    context.sampling = flags & FLAG_SAMPLED ? Sampling.Sampled : Sampling.Dropped;
    context.isRandom = (flags & FLAG_RANDOM) != 0;
    return Found.Trace;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {
    const to = changetype<usize>(this.written);
    writeTraceparent(context, to);
    edits.set(this.slot, to, <i32>TRACEPARENT_BYTES);
  }
}

/** Writes `context` as the TRACEPARENT_BYTES bytes of a traceparent, version 00, at `to`. Allocates: nothing. */
export function writeTraceparent(context: TraceContext, to: usize): void {
  store<u16>(to, VERSION_00);
  store<u8>(to, DASH, 2);
  writeLowerHex(context.traceIdHigh, 16, to + TRACE_ID);
  writeLowerHex(context.traceIdLow, 16, to + TRACE_ID + 16);
  store<u8>(to, DASH, 35);
  writeLowerHex(context.parentId, 16, to + PARENT_ID);
  store<u8>(to, DASH, 52);
  // https://www.w3.org/TR/trace-context-2/#other-flags: those we do not know are to be 0.
  const sampled = context.isSampled ? FLAG_SAMPLED : 0;
  writeLowerHex(context.isRandom ? sampled | FLAG_RANDOM : sampled, 2, to + TRACE_FLAGS);
}
