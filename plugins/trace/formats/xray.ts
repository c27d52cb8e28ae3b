import { findByte, Utf8 } from "../../../assembly/core/bytes";
import { isHex, readHex } from "../../../assembly/core/hex";
import { skipOws, trimOws } from "../../../assembly/core/ows";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { FieldReader } from "./field-reader";
import { SingleHeaderFormat } from "./single-header";
import { Found } from "./trace-format";
import { ValueWriter } from "./value-writer";

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
const EQUALS: u8 = 0x3d;
// @ts-ignore: decorator
@inline
const DASH: u8 = 0x2d;
// @ts-ignore: decorator
@inline
const RANDOM_DIGITS: usize = 24;
/** Bytes of Root, Parent and Sampled. */
// @ts-ignore: decorator
@inline
const OWN_BYTES: i32 = 74;
/** Bytes that others' fields may take: as many as other implementations carry on. */
// @ts-ignore: decorator
@inline
const OTHER_BYTES: i32 = 256;

const ROOT: Utf8 = new Utf8("Root=");
const PARENT: Utf8 = new Utf8("Parent=");
const SAMPLED: Utf8 = new Utf8("Sampled=");

/** What was read of a value, in bits. */
// @ts-ignore: decorator
@inline
const HAS_ROOT: i32 = 1;
// @ts-ignore: decorator
@inline
const HAS_PARENT: i32 = 2;
// @ts-ignore: decorator
@inline
const HAS_SAMPLED: i32 = 4;
// @ts-ignore: decorator
@inline
const INVALID: i32 = -1;

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

/**
 * Reads one field into `context`.
 * @returns which one, 0 for one that is not ours, INVALID for one that is and cannot be read.
 */
function readField(at: usize, end: usize, context: TraceContext): i32 {
  if (isNamed(at, end, ROOT)) return readRoot(at + <usize>ROOT.length, end, context) ? HAS_ROOT : INVALID;
  if (isNamed(at, end, PARENT)) return readParent(at + <usize>PARENT.length, end, context) ? HAS_PARENT : INVALID;
  if (isNamed(at, end, SAMPLED)) return readSampled(at + <usize>SAMPLED.length, end, context) ? HAS_SAMPLED : INVALID;
  return 0;
}

function isNamed(at: usize, end: usize, name: Utf8): bool {
  const length = <usize>name.length;
  return end - at >= length && memory.compare(at, name.ptr, length) == 0;
}

/** The time may lack its leading zeros: there are senders who write it so. */
function readRoot(at: usize, end: usize, context: TraceContext): bool {
  if (end - at < 3 || load<u8>(at) != 0x31 /* 1 */ || load<u8>(at, 1) != DASH) return false;
  const time = at + 2;
  const dash = findByte(DASH, time, end);
  const timeDigits = <i32>(dash - time);
  if (timeDigits < 1 || timeDigits > 8 || end - dash != RANDOM_DIGITS + 1) return false;
  if (!isHex(time, timeDigits) || !isHex(dash + 1, <i32>RANDOM_DIGITS)) return false;
  context.traceIdHigh = (readHex(time, timeDigits) << 32) | readHex(dash + 1, 8);
  context.traceIdLow = readHex(dash + 9, 16);
  return context.hasTrace;
}

function readParent(at: usize, end: usize, context: TraceContext): bool {
  if (end - at != 16 || !isHex(at, 16)) return false;
  context.parentId = readHex(at, 16);
  return context.parentId != 0;
}

/** `?` leaves the decision to the receiver. */
function readSampled(at: usize, end: usize, context: TraceContext): bool {
  if (end - at != 1) return false;
  const byte = load<u8>(at);
  if (byte == 0x31 /* 1 */) context.sampling = Sampling.Sampled;
  else if (byte == 0x30 /* 0 */) context.sampling = Sampling.Dropped;
  else return byte == 0x3f; /* ? */
  return true;
}

/** Whether a field of a valid value is to go on: what is not ours, and Sampled=? while there is no decision. */
function isOthers(at: usize, end: usize, context: TraceContext): bool {
  if (isNamed(at, end, SAMPLED)) return context.sampling == Sampling.Undecided && load<u8>(end - 1) == 0x3f; /* ? */
  return findByte(EQUALS, at, end) < end && !isNamed(at, end, ROOT) && !isNamed(at, end, PARENT);
}
