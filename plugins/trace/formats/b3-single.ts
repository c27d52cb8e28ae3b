import { readHex } from "../../../assembly/core/hex";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { isSpanId, readSpanId, readTraceId, sameSpan, SPAN_ID_DIGITS, TRACE_ID_DIGITS } from "./b3";
import { SingleHeaderFormat } from "./single-header";
import { Found } from "./trace-format";
import { ValueWriter } from "./value-writer";

// B3 in one header, https://github.com/openzipkin/b3-propagation#single-header:
//
//   b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90
//       TraceId, 16 or 32 digits         SpanId      SamplingState, ParentSpanId: each may be missing
//
// or SamplingState alone. Whether one digit follows SpanId or 16 tells which of the two is missing.

// @ts-ignore: decorator
@inline
const DASH: u8 = 0x2d;
/** The longest value. */
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = TRACE_ID_DIGITS + 1 + SPAN_ID_DIGITS + 2 + 1 + SPAN_ID_DIGITS;

/** `b3`. It can say all that a context holds but that its trace id is random. */
@final
export class B3Single extends SingleHeaderFormat {
  private readonly own: TraceContext = new TraceContext();
  private readonly written: ValueWriter = new ValueWriter(MAX_BYTES);
  /** Of what was read last: the parent of the caller's span; 0 for none. */
  private grandparentId: u64 = 0;

  constructor(headers: TraceHeaders) {
    super("b3", "b3", headers);
  }

  protected parse(from: usize, end: usize, context: TraceContext): Found {
    this.grandparentId = 0;
    const length = <i32>(end - from);
    if (length != 1) return this.parseIds(from, length, context) ? Found.Trace : Found.Invalid;
    context.sampling = samplingOf(load<u8>(from));
    return context.sampling == Sampling.Undecided ? Found.Invalid : Found.Decision;
  }

  private parseIds(at: usize, length: i32, context: TraceContext): bool {
    if (length < SPAN_ID_DIGITS + 1 + SPAN_ID_DIGITS) return false;
    const idLength = load<u8>(at, SPAN_ID_DIGITS) == DASH ? SPAN_ID_DIGITS : TRACE_ID_DIGITS;
    const rest = length - idLength - 1 - SPAN_ID_DIGITS;
    if (rest < 0 || load<u8>(at + <usize>idLength) != DASH || !readTraceId(at, idLength, context)) return false;
    const span = at + <usize>idLength + 1;
    context.parentId = readSpanId(span, SPAN_ID_DIGITS);
    return context.parentId != 0 && this.parseRest(span + SPAN_ID_DIGITS, rest, context);
  }

  /** Reads what follows SpanId: nothing, `-1`, `-{ParentSpanId}` or `-1-{ParentSpanId}`. */
  private parseRest(at: usize, length: i32, context: TraceContext): bool {
    if (length == 0) return true;
    if (load<u8>(at) != DASH) return false;
    if (length == 2 || length == 3 + SPAN_ID_DIGITS) {
      context.sampling = samplingOf(load<u8>(at, 1));
      if (context.sampling == Sampling.Undecided) return false;
      if (length == 2) return true;
      at += 2;
      length -= 2;
    }
    if (load<u8>(at) != DASH || !isSpanId(at + 1, length - 1)) return false;
    this.grandparentId = readHex(at + 1, SPAN_ID_DIGITS);
    return true;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {
    this.extract(this.own);
    const written = this.written;
    written.clear();
    if (!context.isShort) written.hex(context.traceIdHigh, 16);
    written.hex(context.traceIdLow, 16);
    written.byte(DASH);
    written.hex(context.parentId, SPAN_ID_DIGITS);
    if (context.sampling != Sampling.Undecided) {
      written.byte(DASH);
      written.byte(byteOf(context.sampling));
    }
    // ParentSpanId belongs to the span: it stays with it, and goes with it.
    if (this.grandparentId != 0 && sameSpan(context, this.own)) {
      written.byte(DASH);
      written.hex(this.grandparentId, SPAN_ID_DIGITS);
    }
    edits.set(this.slot, written.ptr, written.length);
  }
}

/** What a SamplingState says; Undecided for a byte that is none. */
function samplingOf(byte: u8): Sampling {
  if (byte == 0x30 /* 0 */) return Sampling.Dropped;
  if (byte == 0x31 /* 1 */) return Sampling.Sampled;
  return byte == 0x64 /* d */ ? Sampling.Debug : Sampling.Undecided;
}

/** The SamplingState for a decision. */
function byteOf(sampling: Sampling): u8 {
  if (sampling == Sampling.Debug) return 0x64;
  return sampling == Sampling.Sampled ? 0x31 : 0x30;
}
