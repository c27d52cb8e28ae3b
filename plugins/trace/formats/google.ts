import { findByte } from "../../../assembly/core/bytes";
import { isDecimal, readDecimal } from "../../../assembly/core/decimal";
import { isHex, readHex } from "../../../assembly/core/hex";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { SingleHeaderFormat } from "./single-header";
import { Found } from "./trace-format";
import { ValueWriter } from "./value-writer";

// x-cloud-trace-context (https://docs.cloud.google.com/trace/docs/trace-context):
//
//   4bf92f3577b34da6a3ce929d0e0e4736/67667974448284343;o=1
//   TRACE_ID                         SPAN_ID            OPTIONS

// @ts-ignore: decorator
@inline
const SLASH: u8 = 0x2f;
// @ts-ignore: decorator
@inline
const SEMICOLON: u8 = 0x3b;
// @ts-ignore: decorator
@inline
const ZERO: u8 = 0x30;
// @ts-ignore: decorator
@inline
const TRACE_ID_DIGITS: i32 = 32;
/** ";o=" and a digit. */
// @ts-ignore: decorator
@inline
const OPTIONS_BYTES: usize = 4;
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 57;

/** The format of Google Cloud before traceparent. It has no 64-bit trace ids, and no "debug". */
@final
export class GoogleFormat extends SingleHeaderFormat {
  private readonly written: ValueWriter = new ValueWriter(MAX_BYTES);

  constructor(headers: TraceHeaders) {
    super("google", "x-cloud-trace-context", headers);
  }

  /** Google's front ends leave the span out, or make it 0, where there is none; and the options where none were set. */
  protected parse(from: usize, end: usize, context: TraceContext): Found {
    if (end - from < <usize>TRACE_ID_DIGITS || !isHex(from, TRACE_ID_DIGITS)) return Found.Invalid;
    context.traceIdHigh = readHex(from, 16);
    context.traceIdLow = readHex(from + 16, 16);
    if (!context.hasTrace) return Found.Invalid;
    const options = findByte(SEMICOLON, from, end);
    const span = from + <usize>TRACE_ID_DIGITS;
    if (!readSpan(span, options, context) || !readOptions(options, end, context)) return Found.Invalid;
    return Found.Trace;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {
    const written = this.written;
    written.clear();
    written.hex(context.traceIdHigh, 16);
    written.hex(context.traceIdLow, 16);
    written.byte(SLASH);
    written.decimal(context.parentId);
    if (context.sampling != Sampling.Undecided) {
      written.byte(SEMICOLON);
      written.byte(0x6f /* o */);
      written.byte(0x3d /* = */);
      written.byte(ZERO + <u8>context.isSampled);
    }
    edits.set(this.slot, written.ptr, written.length);
  }
}

function readSpan(at: usize, end: usize, context: TraceContext): bool {
  if (at == end) return true;
  if (load<u8>(at) != SLASH || !isDecimal(at + 1, end)) return false;
  context.parentId = readDecimal(at + 1, end);
  return true;
}

function readOptions(at: usize, end: usize, context: TraceContext): bool {
  if (at == end) return true;
  if (end - at != OPTIONS_BYTES || load<u8>(at, 1) != 0x6f /* o */ || load<u8>(at, 2) != 0x3d /* = */) return false;
  const digit = load<u8>(at, 3) - ZERO;
  if (digit > 9) return false;
  context.sampling = digit == 0 ? Sampling.Dropped : Sampling.Sampled;
  return true;
}
