import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { skipOws, trimOws } from "../../../assembly/core/ows";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { NO_VALUE, TraceHeaders } from "../context/trace-headers";
import { isSpanId, readSpanId, readTraceId, sameSpan, SPAN_ID_DIGITS, TRACE_ID_DIGITS } from "./b3";
import { Found, TraceFormat } from "./trace-format";
import { ValueWriter } from "./value-writer";

// B3 in a header for each part, https://github.com/openzipkin/b3-propagation#multiple-headers:
//
//   x-b3-traceid: 80f198ee56343ba864fe8b2a57d3eff7   16 or 32 digits
//   x-b3-spanid: e457b5a2e4d86bd1
//   x-b3-parentspanid: 05e3ac9a4f6e3b90              the parent of that span, if it has one
//   x-b3-sampled: 1                                  0 or 1; missing when nobody has decided
//   x-b3-flags: 1                                    debug, instead of x-b3-sampled; any other value says nothing
//
// or a decision alone. Of repeated headers the first value wins, as the text has it.

// @ts-ignore: decorator
@inline
const ZERO: u8 = 0x30;
// @ts-ignore: decorator
@inline
const ONE: u8 = 0x31;

/** `x-b3-*`. It can say all that a context holds but that its trace id is random. */
@final
export class B3Multi extends TraceFormat {
  private readonly traceId: i32;
  private readonly spanId: i32;
  private readonly parentSpanId: i32;
  private readonly sampled: i32;
  private readonly flags: i32;
  private readonly value: ByteView = new ByteView();
  private readonly own: TraceContext = new TraceContext();
  private readonly written: ValueWriter = new ValueWriter(TRACE_ID_DIGITS);
  // https://github.com/openzipkin/b3-propagation#sampling-state-1: what some wrote before there was a specification.
  private readonly yes: Utf8 = new Utf8("true");
  private readonly no: Utf8 = new Utf8("false");

  constructor(headers: TraceHeaders) {
    super("b3multi", headers);
    this.traceId = this.take("x-b3-traceid");
    this.spanId = this.take("x-b3-spanid");
    this.parentSpanId = this.take("x-b3-parentspanid");
    this.sampled = this.take("x-b3-sampled");
    this.flags = this.take("x-b3-flags");
  }

  extract(context: TraceContext): Found {
    context.clear();
    if (!this.isPresent) return Found.Absent;
    if (!this.readSampling(context) || (this.hasIds && !this.readIds(context))) {
      context.clear();
      return Found.Invalid;
    }
    if (context.hasTrace) return Found.Trace;
    // x-b3-flags: 0, as Finagle sends it, is all that can be left.
    return context.sampling == Sampling.Undecided ? Found.Absent : Found.Decision;
  }

  private get hasIds(): bool {
    const headers = this.headers;
    return headers.count(this.traceId) > 0 || headers.count(this.spanId) > 0 || headers.count(this.parentSpanId) > 0;
  }

  private readIds(context: TraceContext): bool {
    const value = this.value;
    if (!this.view(this.traceId) || !readTraceId(value.ptr, value.length, context)) return false;
    if (!this.view(this.spanId)) return false;
    context.parentId = readSpanId(value.ptr, value.length);
    return context.parentId != 0 && (!this.view(this.parentSpanId) || isSpanId(value.ptr, value.length));
  }

  private readSampling(context: TraceContext): bool {
    const value = this.value;
    // https://github.com/openzipkin/b3-propagation#debug-flag: debug implies accept, whatever x-b3-sampled says.
    if (this.view(this.flags) && value.length == 1 && value.at(0) == ONE) context.sampling = Sampling.Debug;
    else if (this.view(this.sampled)) context.sampling = this.samplingOf(value);
    else return true;
    return context.sampling != Sampling.Undecided;
  }

  /** What x-b3-sampled says; Undecided for a value that is none. */
  private samplingOf(value: ByteView): Sampling {
    if (value.length == 1) {
      if (value.at(0) == ZERO) return Sampling.Dropped;
      return value.at(0) == ONE ? Sampling.Sampled : Sampling.Undecided;
    }
    if (equalsIgnoringCase(value, this.yes)) return Sampling.Sampled;
    return equalsIgnoringCase(value, this.no) ? Sampling.Dropped : Sampling.Undecided;
  }

  /** Lets `value` view the first value of a slot; false when there is none. */
  private view(slot: i32): bool {
    const first = this.headers.first(slot);
    if (first == NO_VALUE) return false;
    const value = this.value;
    this.headers.view(first, value);
    const valueEnd = value.ptr + <usize>value.length;
    const at = skipOws(value.ptr, valueEnd);
    value.set(at, <i32>(trimOws(at, valueEnd) - at));
    return true;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {
    // x-b3-parentspanid belongs to the span: it stays with it, and goes with it.
    this.extract(this.own);
    const staysParent = sameSpan(context, this.own);
    const written = this.written;
    written.clear();
    if (!context.isShort) written.hex(context.traceIdHigh, 16);
    written.hex(context.traceIdLow, 16);
    edits.set(this.traceId, written.ptr, written.length);
    written.clear();
    written.hex(context.parentId, SPAN_ID_DIGITS);
    edits.set(this.spanId, written.ptr, written.length);
    if (!staysParent) edits.remove(this.parentSpanId);
    this.injectSampling(context.sampling, edits);
  }

  private injectSampling(sampling: Sampling, edits: HeaderEdits): void {
    const written = this.written;
    written.clear();
    written.byte(sampling == Sampling.Dropped ? ZERO : ONE);
    // https://github.com/openzipkin/b3-propagation#debug-flag: with debug, x-b3-sampled is not to be sent.
    if (sampling == Sampling.Debug) edits.set(this.flags, written.ptr, 1);
    else edits.remove(this.flags);
    if (sampling == Sampling.Dropped || sampling == Sampling.Sampled) edits.set(this.sampled, written.ptr, 1);
    else edits.remove(this.sampled);
  }
}

/** Whether `value` is `lower`, which is of lower-case letters, in any case. */
function equalsIgnoringCase(value: ByteView, lower: ByteView): bool {
  if (value.length != lower.length) return false;
  for (let i = 0; i < value.length; i++) if ((value.at(i) | 0x20) != lower.at(i)) return false;
  return true;
}
