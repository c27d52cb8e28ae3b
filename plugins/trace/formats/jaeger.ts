import { isHex, readHex } from "../../../assembly/core/hex";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { FieldReader } from "./field-reader";
import { SingleHeaderFormat } from "./single-header";
import { Found } from "./trace-format";
import { ValueWriter } from "./value-writer";

// uber-trace-id (https://www.jaegertracing.io/docs/client-libraries/#propagation-format):
//
//   4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1
//   trace-id                         span-id          | flags
//                                                     parent-span-id, deprecated

// @ts-ignore: decorator
@inline
const COLON: u8 = 0x3a;
// @ts-ignore: decorator
@inline
const ZERO: u8 = 0x30;
// @ts-ignore: decorator
@inline
const FLAG_SAMPLED: u64 = 1;
// @ts-ignore: decorator
@inline
const FLAG_DEBUG: u64 = 2;
/** Bytes of the longest value that is written. */
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 53;

/** Jaeger's own format. It cannot say that nobody has decided: whoever reads it takes that for "not sampled". */
@final
export class JaegerFormat extends SingleHeaderFormat {
  private readonly fields: FieldReader = new FieldReader(COLON, true);
  private readonly written: ValueWriter = new ValueWriter(MAX_BYTES);

  constructor(headers: TraceHeaders) {
    super("jaeger", "uber-trace-id", headers);
  }

  protected parse(from: usize, end: usize, context: TraceContext): Found {
    const fields = this.fields;
    fields.open(from, end);
    if (!fields.next() || !readTraceId(fields.start, fields.length, context)) return Found.Invalid;
    if (!fields.next() || !readSpanId(fields.start, fields.length, context)) return Found.Invalid;
    // Of the parent's parent it is only asked that there be a field: receivers ignore it.
    if (!fields.next() || !fields.next() || !fields.isLast) return Found.Invalid;
    return readFlags(fields.start, fields.stop, context) ? Found.Trace : Found.Invalid;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {
    const written = this.written;
    written.clear();
    if (!context.isShort) written.hex(context.traceIdHigh, 16);
    written.hex(context.traceIdLow, 16);
    written.byte(COLON);
    written.hex(context.parentId, 16);
    written.byte(COLON);
    written.byte(ZERO);
    written.byte(COLON);
    written.byte(ZERO + <u8>flagsOf(context.sampling));
    edits.set(this.slot, written.ptr, written.length);
  }
}

/** Ids may lack leading zeros: "Can be variable length, shorter values are 0-padded on the left". */
function readTraceId(at: usize, length: i32, context: TraceContext): bool {
  if (length < 1 || length > 32 || !isHex(at, length)) return false;
  const highDigits = max(0, length - 16);
  context.traceIdHigh = readHex(at, highDigits);
  context.traceIdLow = readHex(at + <usize>highDigits, length - highDigits);
  context.isShort = highDigits == 0;
  return context.hasTrace;
}

function readSpanId(at: usize, length: i32, context: TraceContext): bool {
  if (length < 1 || length > 16 || !isHex(at, length)) return false;
  context.parentId = readHex(at, length);
  return context.parentId != 0;
}

/** One byte in hexadecimal, with any number of leading zeros. */
function readFlags(at: usize, end: usize, context: TraceContext): bool {
  if (at == end) return false;
  while (end - at > 2 && load<u8>(at) == ZERO) at++;
  const digits = <i32>(end - at);
  if (digits > 2 || !isHex(at, digits)) return false;
  const flags = readHex(at, digits);
  // "debug" only counts beside "sampled".
  if ((flags & FLAG_SAMPLED) == 0) context.sampling = Sampling.Dropped;
  else context.sampling = (flags & FLAG_DEBUG) == 0 ? Sampling.Sampled : Sampling.Debug;
  return true;
}

function flagsOf(sampling: Sampling): u64 {
  if (sampling == Sampling.Debug) return FLAG_SAMPLED | FLAG_DEBUG;
  return sampling == Sampling.Sampled ? FLAG_SAMPLED : 0;
}
