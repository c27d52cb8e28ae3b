import { base64Bytes, decodeBase64 } from "../../../assembly/core/base64";
import { isDecimal, readDecimal } from "../../../assembly/core/decimal";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { FieldReader } from "./field-reader";
import { SingleHeaderFormat } from "./single-header";
import { SkyWalkingId } from "./skywalking-id";
import { Found } from "./trace-format";

// sw8 (https://skywalking.apache.org/docs/main/next/en/api/x-process-propagation-headers-v3/): eight fields, all text
// in base64:
//
//   1-<trace id>-<segment id>-3-<service>-<instance>-<endpoint>-<peer>
//   sampled                   span in the segment

// @ts-ignore: decorator
@inline
const DASH: u8 = 0x2d;
// @ts-ignore: decorator
@inline
const LAST_FIELDS: i32 = 4;
/** Digits of the longest id that is looked at: ids of agents have 76 at most. */
// @ts-ignore: decorator
@inline
const MAX_ID_DIGITS: i32 = 128;

/**
 * SkyWalking's format, which is only read: it names services and endpoints that a proxy does not know. It cannot leave
 * the decision open.
 */
@final
export class SkyWalkingFormat extends SingleHeaderFormat {
  private readonly fields: FieldReader = new FieldReader(DASH);
  private readonly decoded: ArrayBuffer = new ArrayBuffer(base64Bytes(MAX_ID_DIGITS));
  private readonly id: SkyWalkingId = new SkyWalkingId();

  constructor(headers: TraceHeaders) {
    super("skywalking", "sw8", headers);
    this.take("sw8-correlation");
    this.take("sw8-x");
  }

  get canWrite(): bool {
    return false;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {}

  /**
   * Any text may be an id. One that cannot be mapped is not wrong, but there is nothing to continue either: Absent. A
   * parent that cannot be is left out.
   */
  protected parse(from: usize, end: usize, context: TraceContext): Found {
    const fields = this.fields;
    fields.open(from, end);
    if (!fields.next() || !readSample(fields, context) || !fields.next()) return Found.Invalid;
    const trace = fields.start;
    const traceDigits = fields.length;
    if (!fields.next()) return Found.Invalid;
    const segment = fields.start;
    const segmentDigits = fields.length;
    if (!fields.next() || !isDecimal(fields.start, fields.stop)) return Found.Invalid;
    const span = readDecimal(fields.start, fields.stop);
    if (span > <u64>i32.MAX_VALUE || !hasMore(fields, LAST_FIELDS)) return Found.Invalid;
    const bytes = this.decode(trace, traceDigits);
    if (bytes <= 0 && traceDigits <= MAX_ID_DIGITS) return Found.Invalid;
    if (!this.readId(bytes)) return Found.Absent;
    context.traceIdHigh = this.id.high;
    context.traceIdLow = this.id.low;
    if (this.readId(this.decode(segment, segmentDigits))) {
      this.id.mixSpan(<u32>span);
      context.parentId = this.id.high ^ this.id.low;
    }
    return context.hasTrace ? Found.Trace : Found.Absent;
  }

  /** How many bytes an id decodes to; 0 when it is longer than any that can be mapped, -1 when it is no base64. */
  private decode(at: usize, digits: i32): i32 {
    return digits > MAX_ID_DIGITS ? 0 : decodeBase64(at, digits, changetype<usize>(this.decoded));
  }

  private readId(bytes: i32): bool {
    return this.id.read(changetype<usize>(this.decoded), bytes);
  }
}

function readSample(field: FieldReader, context: TraceContext): bool {
  if (field.length != 1) return false;
  const byte = load<u8>(field.start);
  context.sampling = byte == 0x31 /* 1 */ ? Sampling.Sampled : Sampling.Dropped;
  return byte == 0x31 || byte == 0x30; /* 0 */
}

/** Whether just so many fields more follow. */
function hasMore(fields: FieldReader, count: i32): bool {
  for (; count > 0; count--) if (!fields.next()) return false;
  return fields.isLast;
}
