import { skipOws, trimOws } from "../../../assembly/core/ows";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { FieldReader } from "./field-reader";
import { SingleHeaderFormat } from "./single-header";
import { Found } from "./trace-format";
import { ValueWriter } from "./value-writer";
import { HAS_ROOT, HAS_SAMPLED, INVALID, isOthers, PARENT, readField, ROOT, SAMPLED } from "./xray-field";

// x-amzn-trace-id (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader):
//
//   Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=25:a87bd80c:1
//          | time   | random                                                   others' fields
//          version
//
// Fields come in any order, each but Root may be missing.

// @ts-ignore: decorator
@inline
const SEMICOLON: u8 = 0x3b;
// @ts-ignore: decorator
@inline
const DASH: u8 = 0x2d;
/** Bytes of Root, Parent and Sampled. */
// @ts-ignore: decorator
@inline
const OWN_BYTES: i32 = 74;
/** Bytes that others' fields may take: as many as other implementations carry on. */
// @ts-ignore: decorator
@inline
const OTHER_BYTES: i32 = 256;

/** AWS X-Ray's format. It has no 64-bit trace ids, and no "debug". */
@final
export class XRayFormat extends SingleHeaderFormat {
  private readonly fields: FieldReader = new FieldReader(SEMICOLON);
  private readonly written: ValueWriter = new ValueWriter(OWN_BYTES + OTHER_BYTES);
  /** What the request at hand says, for `inject`. */
  private readonly own: TraceContext = new TraceContext();

  constructor(headers: TraceHeaders) {
    super("xray", "x-amzn-trace-id", headers);
  }

  /** Load balancers send Root alone: a trace without a parent, which nobody has decided about. */
  protected parse(from: usize, end: usize, context: TraceContext): Found {
    const fields = this.fields;
    let seen = 0;
    for (fields.open(from, end); fields.next();) {
      const start = skipOws(fields.start, fields.stop);
      const field = readField(start, trimOws(start, fields.stop), context);
      // Of two that differ nobody knows which is the caller's.
      if (field == INVALID || (seen & field) != 0) return Found.Invalid;
      seen |= field;
    }
    if (seen & HAS_ROOT) return Found.Trace;
    const isDecision = seen == HAS_SAMPLED && context.sampling != Sampling.Undecided;
    return isDecision ? Found.Decision : Found.Invalid;
  }

  /** Fields that are not ours go on with the trace they came with, Lineage above all: it is what ends loops. */
  inject(context: TraceContext, edits: HeaderEdits): void {
    const written = this.written;
    written.clear();
    written.text(ROOT);
    written.byte(0x31 /* 1 */);
    written.byte(DASH);
    written.hex(context.traceIdHigh >> 32, 8);
    written.byte(DASH);
    written.hex(context.traceIdHigh, 8);
    written.hex(context.traceIdLow, 16);
    written.byte(SEMICOLON);
    written.text(PARENT);
    written.hex(context.parentId, 16);
    if (context.sampling != Sampling.Undecided) {
      written.byte(SEMICOLON);
      written.text(SAMPLED);
      written.byte(context.isSampled ? 0x31 : 0x30);
    }
    // `own.hasTrace` is part of it: a trace that is written has an id.
    this.extract(this.own);
    if (this.own.sameTrace(context)) this.writeOthers(context);
    edits.set(this.slot, written.ptr, written.length);
  }

  /** Appends the fields of the request that are not ours, as far as there is room. */
  private writeOthers(context: TraceContext): void {
    const fields = this.fields;
    const written = this.written;
    for (fields.rewind(); fields.next();) {
      const start = skipOws(fields.start, fields.stop);
      const stop = trimOws(start, fields.stop);
      const length = <i32>(stop - start);
      if (!isOthers(start, stop, context) || !written.hasRoom(length + 1)) continue;
      written.byte(SEMICOLON);
      written.bytes(start, length);
    }
  }
}
