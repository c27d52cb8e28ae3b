import { ByteView } from "../../../assembly/core/bytes";
import { readHex, writeLowerHex } from "../../../assembly/core/hex";
import { TRACEPARENT_BYTES, traceparentAt } from "../../../assembly/core/traceparent";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { Found, TraceFormat } from "./trace-format";

// W3C Trace Context, https://www.w3.org/TR/trace-context-2/#traceparent-header:
//
//   traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
//                0  3 trace-id                       36 parent-id     53 trace-flags

// @ts-ignore: decorator
@inline
const TRACE_ID: usize = 3;
// @ts-ignore: decorator
@inline
const PARENT_ID: usize = 36;
// @ts-ignore: decorator
@inline
const TRACE_FLAGS: usize = 53;
// @ts-ignore: decorator
@inline
const DASH: u8 = 0x2d;
/** "00" as two bytes. */
// @ts-ignore: decorator
@inline
const VERSION_00: u16 = 0x3030;
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
export class TraceContextFormat extends TraceFormat {
  private readonly traceparent: i32;
  private readonly value: ByteView = new ByteView();
  private readonly text: StaticArray<u8> = new StaticArray<u8>(<i32>TRACEPARENT_BYTES);

  constructor(headers: TraceHeaders) {
    super("tracecontext", headers);
    this.traceparent = this.take("traceparent");
  }

  extract(context: TraceContext): Found {
    context.clear();
    if (this.headers.count(this.traceparent) == 0) return Found.Absent;
    // https://www.w3.org/TR/trace-context-2/#a-traceparent-is-received: more than one header is none.
    if (!this.headers.single(this.traceparent, this.value)) return Found.Invalid;
    return readTraceparent(this.value, context) ? Found.Trace : Found.Invalid;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {
    const to = changetype<usize>(this.text);
    writeTraceparent(context, to);
    edits.set(this.traceparent, to, <i32>TRACEPARENT_BYTES);
  }
}

/**
 * Reads a traceparent into `context`, which is left alone when it is none to continue.
 * @returns whether it is one. Allocates: nothing.
 */
export function readTraceparent(value: ByteView, context: TraceContext): bool {
  const at = traceparentAt(value);
  if (at == 0) return false;
  context.traceIdHigh = readHex(at + TRACE_ID, 16);
  context.traceIdLow = readHex(at + TRACE_ID + 16, 16);
  context.parentId = readHex(at + PARENT_ID, 16);
  context.isShort = false;
  // Later versions add to this one (https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent): the same flags.
  const flags = readHex(at + TRACE_FLAGS, 2);
  context.sampling = flags & FLAG_SAMPLED ? Sampling.Sampled : Sampling.Dropped;
  context.isRandom = (flags & FLAG_RANDOM) != 0;
  return true;
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
