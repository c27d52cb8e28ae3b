import { ByteView } from "../../../assembly/core/bytes";
import { isDecimal, readDecimal } from "../../../assembly/core/decimal";
import { skipOws, trimOws } from "../../../assembly/core/ows";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { DatadogTags } from "./datadog-tags";
import { Found, TraceFormat } from "./trace-format";
import { ValueWriter } from "./value-writer";

// Datadog's headers (https://docs.datadoghq.com/tracing/trace_collection/trace_context_propagation/):
//
//   x-datadog-trace-id: 1234567890123456789      the low half, decimal
//   x-datadog-parent-id: 987654321
//   x-datadog-sampling-priority: 1               -1 and 0 drop; 1 and 2 keep, 2 because a person wants it
//   x-datadog-tags: _dd.p.tid=640cfd8d00000000   the high half, and tags that go with the trace
//   x-datadog-origin: synthetics

// @ts-ignore: decorator
@inline
const MINUS: u8 = 0x2d;
// @ts-ignore: decorator
@inline
const MAX_NEGATIVE: u64 = 1 << 63;
// @ts-ignore: decorator
@inline
const NUMBER_BYTES: i32 = 20;

/** Datadog's format. A trace id whose high half is 0 is one of 64 bits in it. */
@final
export class DatadogFormat extends TraceFormat {
  private readonly traceId: i32;
  private readonly parentId: i32;
  private readonly priority: i32;
  private readonly tagsSlot: i32;
  private readonly origin: i32;
  private readonly value: ByteView = new ByteView();
  private readonly written: ValueWriter = new ValueWriter(NUMBER_BYTES);
  private readonly tags: DatadogTags = new DatadogTags();
  /** What the request at hand says, for `inject`. */
  private readonly own: TraceContext = new TraceContext();
  /** The number read last. */
  private id: u64 = 0;

  constructor(headers: TraceHeaders) {
    super("datadog", headers);
    this.traceId = this.take("x-datadog-trace-id");
    this.parentId = this.take("x-datadog-parent-id");
    this.priority = this.take("x-datadog-sampling-priority");
    this.tagsSlot = this.take("x-datadog-tags");
    this.origin = this.take("x-datadog-origin");
  }

  /**
   * Without both ids there is no trace and no decision either, whatever else there is. Parent 0 is what Datadog's own
   * synthetic tests send.
   */
  extract(context: TraceContext): Found {
    context.clear();
    const headers = this.headers;
    this.readTags();
    if (headers.count(this.traceId) == 0 && headers.count(this.parentId) == 0) return Found.Absent;
    if (!this.readId(this.traceId)) return Found.Invalid;
    const low = this.id;
    if (low == 0 || !this.readId(this.parentId)) return Found.Invalid;
    context.traceIdHigh = this.tags.high;
    context.traceIdLow = low;
    context.parentId = this.id;
    context.sampling = this.readPriority();
    context.isShort = context.traceIdHigh == 0;
    return Found.Trace;
  }

  /** Tags and origin go on with the trace they came with. A trace whose low half is 0 has no name here. */
  inject(context: TraceContext, edits: HeaderEdits): void {
    if (context.traceIdLow == 0) return this.remove(edits);
    const own = this.own;
    // `own` has an id only if it is a trace.
    this.extract(own);
    const isSame = own.sameTrace(context);
    const isDecided = isSame && own.sampling == context.sampling;
    this.setNumber(this.traceId, context.traceIdLow, edits);
    this.setNumber(this.parentId, context.parentId, edits);
    // -1 and 0 are not the same to Datadog, nor 2 and 1: the caller's word stands as long as it is right.
    if (context.sampling == Sampling.Undecided) edits.remove(this.priority);
    else if (!isDecided) this.setNumber(this.priority, priorityOf(context.sampling), edits);
    this.tags.compose(context.traceIdHigh, isSame, isDecided);
    if (this.tags.length == 0) edits.remove(this.tagsSlot);
    else edits.set(this.tagsSlot, this.tags.ptr, this.tags.length);
    if (!isSame) edits.remove(this.origin);
  }

  private readTags(): void {
    const isThere = this.headers.single(this.tagsSlot, this.value);
    this.tags.read(this.value.ptr, isThere ? this.value.length : 0);
  }

  /** Reads a number into `id`. Negative ones are how tracers without unsigned numbers write those of 2^63 and above. */
  private readId(slot: i32): bool {
    const value = this.value;
    if (!this.headers.single(slot, value)) return false;
    const valueEnd = value.ptr + <usize>value.length;
    let from = skipOws(value.ptr, valueEnd);
    const end = trimOws(from, valueEnd);
    const isNegative = from < end && load<u8>(from) == MINUS;
    if (isNegative) from++;
    if (!isDecimal(from, end)) return false;
    const number = readDecimal(from, end);
    this.id = isNegative ? 0 - number : number;
    return !isNegative || number <= MAX_NEGATIVE;
  }

  /** What cannot be read is no decision, and no reason to give up the trace. */
  private readPriority(): Sampling {
    if (!this.readId(this.priority)) return Sampling.Undecided;
    const priority = <i64>this.id;
    if (priority <= 0) return Sampling.Dropped;
    return priority == 1 ? Sampling.Sampled : Sampling.Debug;
  }

  private setNumber(slot: i32, number: u64, edits: HeaderEdits): void {
    const written = this.written;
    written.clear();
    written.decimal(number);
    edits.set(slot, written.ptr, written.length);
  }
}

/** B3's debug is what Datadog calls kept by a person's wish. */
function priorityOf(sampling: Sampling): u64 {
  if (sampling == Sampling.Debug) return 2;
  return sampling == Sampling.Sampled ? 1 : 0;
}
