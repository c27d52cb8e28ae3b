import { findByte, Utf8 } from "../../../assembly/core/bytes";
import { isHex, readHex } from "../../../assembly/core/hex";
import { FieldReader } from "./field-reader";
import { ValueWriter } from "./value-writer";

// @ts-ignore: decorator
@inline
const COMMA: u8 = 0x2c;
// @ts-ignore: decorator
@inline
const EQUALS: u8 = 0x3d;
/** What Datadog's tracers read and write at most. */
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 512;

const PREFIX: Utf8 = new Utf8("_dd.p.");
/** The high half of the trace id. */
const TID: Utf8 = new Utf8("_dd.p.tid=");
/** Which mechanism made the sampling decision. */
const DECISION_MAKER: Utf8 = new Utf8("_dd.p.dm=");

/**
 * Datadog's tags that go with a trace: `_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000`. A list with a mistake in it, or of more
 * than 512 bytes, counts as none at all, a `_dd.p.tid` that is no id as if it were not there: as in dd-trace-js,
 * packages/dd-trace/src/opentracing/propagation/text_map.js. Allocates nothing after construction.
 */
@final
export class DatadogTags {
  /** The high half of the trace id; 0 when the tags have none. */
  high: u64 = 0;
  private isValid: bool = false;
  private readonly fields: FieldReader = new FieldReader(COMMA);
  private readonly written: ValueWriter = new ValueWriter(MAX_BYTES);

  /** Reads the value of x-datadog-tags; `length` 0 when there is none. */
  read(at: usize, length: i32): void {
    this.high = 0;
    this.isValid = length > 0 && length <= MAX_BYTES;
    if (!this.isValid) return;
    const fields = this.fields;
    for (fields.open(at, at + <usize>length); fields.next();) {
      if (!isTag(fields.start, fields.stop)) {
        this.high = 0;
        this.isValid = false;
        return;
      }
      const value = fields.start + <usize>TID.length;
      if (isNamed(fields, TID) && fields.stop - value == 16 && isHex(value, 16)) this.high = readHex(value, 16);
    }
  }

  /**
   * Makes the value to be written: with the id's high half, unless that is 0.
   * @param keeps whether the tags that were read go on, which asks for the high half that was read.
   * @param isDecided whether who decided about sampling, and how, goes on with them.
   */
  compose(high: u64, keeps: bool, isDecided: bool): void {
    this.written.clear();
    if (keeps && this.isValid) this.writeTags(isDecided);
    else this.writeTid(high);
  }

  get ptr(): usize {
    return this.written.ptr;
  }

  get length(): i32 {
    return this.written.length;
  }

  /** Writes the tags in their order, the high half once, and only if it is one: that takes no more room than they had. */
  private writeTags(isDecided: bool): void {
    const fields = this.fields;
    let rest = this.high;
    for (fields.rewind(); fields.next();) {
      if (isNamed(fields, TID)) {
        this.writeTid(rest);
        rest = 0;
      } else if (isDecided || !isNamed(fields, DECISION_MAKER)) {
        this.separate();
        this.written.bytes(fields.start, fields.length);
      }
    }
  }

  private writeTid(high: u64): void {
    if (high == 0) return;
    this.separate();
    this.written.text(TID);
    this.written.hex(high, 16);
  }

  private separate(): void {
    if (this.written.length > 0) this.written.byte(COMMA);
  }
}

// @ts-ignore: decorator
@inline
function isNamed(field: FieldReader, name: Utf8): bool {
  return field.length >= name.length && memory.compare(field.start, name.ptr, <usize>name.length) == 0;
}

/** `_dd.p.` and at least one byte of printable ASCII without space; what may follow `=` is printable ASCII. */
function isTag(at: usize, end: usize): bool {
  const prefix = <usize>PREFIX.length;
  const equals = findByte(EQUALS, at, end);
  if (equals - at <= prefix || memory.compare(at, PREFIX.ptr, prefix) != 0) return false;
  for (let byte = at; byte < equals; byte++) if (!isPrintable(load<u8>(byte)) || load<u8>(byte) == 0x20) return false;
  for (let byte = equals; byte < end; byte++) if (!isPrintable(load<u8>(byte))) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function isPrintable(byte: u8): bool {
  return byte >= 0x20 && byte < 0x7f;
}
