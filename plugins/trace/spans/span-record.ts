import { ByteView } from "../../../assembly/core/bytes";
import { TraceContext } from "../context/trace-context";
import { utf8Prefix } from "./utf8";

/** What a span tells of its request in words. */
export enum SpanText {
  Method,
  /** Without query and fragment. */
  Path,
  /** With a port, if the request named one. */
  Host,
  Scheme,
  UserAgent,
  Tracestate,
}

/** Bytes that are kept of each. https://www.w3.org/TR/trace-context-2/#tracestate-limits asks for 512 of a tracestate. */
const LIMITS: StaticArray<i32> = [32, 512, 256, 16, 256, 512];
// @ts-ignore: decorator
@inline
const TEXTS: i32 = 6;

// Begins a record; another value makes it somebody else's.
// @ts-ignore: decorator
@inline
const MAGIC: u32 = 0x31535054;
// @ts-ignore: decorator
@inline
const RANDOM: u32 = 1;
// @ts-ignore: decorator
@inline
const GRPC: u32 = 2;
// @ts-ignore: decorator
@inline
const LENGTHS: usize = 64;
// @ts-ignore: decorator
@inline
const HEADER: i32 = 64 + 2 * TEXTS;
/** The sum of LIMITS. */
// @ts-ignore: decorator
@inline
const MAX_TEXT: i32 = 1584;

/** The size of the largest record. */
// @ts-ignore: decorator
@inline
export const MAX_RECORD: i32 = HEADER + MAX_TEXT;

/**
 * What is known of a span when its request arrives, carried to its end as bytes that Envoy keeps with the stream:
 *
 *   magic:u32 | marks:u32 | traceHigh:u64 traceLow:u64 | span:u64 | parent:u64 |
 *   linkHigh:u64 linkLow:u64 | linkSpan:u64 | length:u16 * 6 | texts
 *
 * little-endian. Allocates nothing once made.
 */
@final
export class SpanRecord {
  private readonly buffer: StaticArray<u8> = new StaticArray<u8>(MAX_RECORD);
  private readonly texts: StaticArray<ByteView> = new StaticArray<ByteView>(TEXTS);
  private readonly bytes: ByteView = new ByteView();
  traceIdHigh: u64 = 0;
  traceIdLow: u64 = 0;
  spanId: u64 = 0;
  /** 0 for the first span of a trace. */
  parentId: u64 = 0;
  /** Whether the trace id is random, as its flag says. */
  isRandom: bool = false;
  /** The trace that the caller sent and that was not continued; all 0 for none. */
  linkIdHigh: u64 = 0;
  linkIdLow: u64 = 0;
  linkSpanId: u64 = 0;
  isGrpc: bool = false;

  constructor() {
    for (let i = 0; i < TEXTS; i++) this.texts[i] = new ByteView();
  }

  /** Where a text is; empty for what is not known. May be set to bytes that stay until `write`. */
  // @ts-ignore: decorator
  @inline
  text(which: SpanText): ByteView {
    return unchecked(this.texts[which]);
  }

  /** Begins the record of the span `context.parentId`, whose parent is `callerId` (0: none). Allocates: nothing. */
  begin(context: TraceContext, callerId: u64): void {
    this.traceIdHigh = context.traceIdHigh;
    this.traceIdLow = context.traceIdLow;
    this.spanId = context.parentId;
    this.parentId = callerId;
    this.isRandom = context.isRandom;
    this.isGrpc = false;
    this.linkIdHigh = 0;
    this.linkIdLow = 0;
    this.linkSpanId = 0;
    for (let i = 0; i < TEXTS; i++) unchecked(this.texts[i]).set(0, 0);
  }

  /** Links the span to a trace that it is no part of; one without a span id is left out. Allocates: nothing. */
  linkTo(other: TraceContext): void {
    if (!other.hasTrace || other.parentId == 0) return;
    this.linkIdHigh = other.traceIdHigh;
    this.linkIdLow = other.traceIdLow;
    this.linkSpanId = other.parentId;
  }

  /** The record as bytes, valid until the next `write`. Texts beyond their limits are cut. Allocates: nothing. */
  write(): ByteView {
    const to = changetype<usize>(this.buffer);
    store<u32>(to, MAGIC);
    store<u32>(to, (this.isRandom ? RANDOM : 0) | (this.isGrpc ? GRPC : 0), 4);
    store<u64>(to, this.traceIdHigh, 8);
    store<u64>(to, this.traceIdLow, 16);
    store<u64>(to, this.spanId, 24);
    store<u64>(to, this.parentId, 32);
    store<u64>(to, this.linkIdHigh, 40);
    store<u64>(to, this.linkIdLow, 48);
    store<u64>(to, this.linkSpanId, 56);
    let end = HEADER;
    for (let i = 0; i < TEXTS; i++) {
      const text = unchecked(this.texts[i]);
      const length = utf8Prefix(text.ptr, text.length, unchecked(LIMITS[i]));
      store<u16>(to + LENGTHS + 2 * <usize>i, <u16>length);
      memory.copy(to + <usize>end, text.ptr, <usize>length);
      end += length;
    }
    this.bytes.set(to, end);
    return this.bytes;
  }

  /** Becomes what `bytes` hold, which its texts then view; false for bytes that are no record. Allocates: nothing. */
  read(bytes: ByteView): bool {
    const from = bytes.ptr;
    if (bytes.length < HEADER || load<u32>(from) != MAGIC) return false;
    const marks = load<u32>(from, 4);
    this.isRandom = (marks & RANDOM) != 0;
    this.isGrpc = (marks & GRPC) != 0;
    this.traceIdHigh = load<u64>(from, 8);
    this.traceIdLow = load<u64>(from, 16);
    this.spanId = load<u64>(from, 24);
    this.parentId = load<u64>(from, 32);
    this.linkIdHigh = load<u64>(from, 40);
    this.linkIdLow = load<u64>(from, 48);
    this.linkSpanId = load<u64>(from, 56);
    return this.readTexts(bytes);
  }

  private readTexts(bytes: ByteView): bool {
    let end = HEADER;
    for (let i = 0; i < TEXTS; i++) {
      const length = <i32>load<u16>(bytes.ptr + LENGTHS + 2 * <usize>i);
      if (length > unchecked(LIMITS[i]) || length > bytes.length - end) return false;
      unchecked(this.texts[i]).set(bytes.ptr + <usize>end, length);
      end += length;
    }
    return end == bytes.length;
  }
}
