import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { JsonWriter } from "./json-writer";
import { isKnownMethod } from "./method";
import { NO_PORT, ServerName } from "./server-name";
import { NO_GRPC_STATUS, SpanOutcome } from "./span-outcome";
import { SpanRecord, SpanText } from "./span-record";

// OTLP/JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. Ids are hexadecimal, names lowerCamelCase,
// enums numbers, 64-bit integers strings. Attributes: https://opentelemetry.io/docs/specs/semconv/http/http-spans/.

/** Numbers of opentelemetry.proto.trace.v1.Span.SpanKind. */
export enum SpanKind {
  Server = 2,
  Client = 3,
}

/** The longest span: every byte of its texts escaped, the path and the host twice, and about 2 KB around them. */
// @ts-ignore: decorator
@inline
export const MAX_SPAN_BYTES: i32 = 16384;

/** SpanFlags: the sampled flag, and that it is known whether the parent is of another process. */
// @ts-ignore: decorator
@inline
const SAMPLED_KNOWN_REMOTE: u32 = 0x101;
// @ts-ignore: decorator
@inline
const RANDOM: u32 = 2;
// @ts-ignore: decorator
@inline
const REMOTE: u32 = 0x200;
// @ts-ignore: decorator
@inline
const STATUS_ERROR: u64 = 2;

const TRACE_ID: Utf8 = new Utf8('{"traceId":"');
const SPAN_ID: Utf8 = new Utf8('","spanId":"');
const PARENT_ID: Utf8 = new Utf8('","parentSpanId":"');
const TRACESTATE: Utf8 = new Utf8('","traceState":"');
const FLAGS: Utf8 = new Utf8('","flags":');
const NAME: Utf8 = new Utf8(',"name":"');
const KIND: Utf8 = new Utf8('","kind":');
const START: Utf8 = new Utf8(',"startTimeUnixNano":"');
const END: Utf8 = new Utf8('","endTimeUnixNano":"');
const ATTRIBUTES: Utf8 = new Utf8('","attributes":[');
const LINK: Utf8 = new Utf8(',"links":[{"traceId":"');
const LINK_END: Utf8 = new Utf8('"}]');
const STATUS: Utf8 = new Utf8(',"status":{"code":');

const KEY: Utf8 = new Utf8('{"key":"');
const STRING: Utf8 = new Utf8('","value":{"stringValue":"');
const INTEGER: Utf8 = new Utf8('","value":{"intValue":"');
const VALUE_END: Utf8 = new Utf8('"}}');

const METHOD: Utf8 = new Utf8("http.request.method");
const METHOD_ORIGINAL: Utf8 = new Utf8("http.request.method_original");
const STATUS_CODE: Utf8 = new Utf8("http.response.status_code");
const URL_PATH: Utf8 = new Utf8("url.path");
const URL_SCHEME: Utf8 = new Utf8("url.scheme");
const URL_FULL: Utf8 = new Utf8("url.full");
const SERVER_ADDRESS: Utf8 = new Utf8("server.address");
const SERVER_PORT: Utf8 = new Utf8("server.port");
const PROTOCOL_VERSION: Utf8 = new Utf8("network.protocol.version");
const USER_AGENT: Utf8 = new Utf8("user_agent.original");
const ERROR_TYPE: Utf8 = new Utf8("error.type");
const RPC_SYSTEM: Utf8 = new Utf8("rpc.system");
const GRPC: Utf8 = new Utf8("grpc");
const GRPC_STATUS: Utf8 = new Utf8("rpc.grpc.status_code");

const HTTP: Utf8 = new Utf8("HTTP");
const OTHER_METHOD: Utf8 = new Utf8("_OTHER");
const HTTPS: Utf8 = new Utf8("https");
const AFTER_SCHEME: Utf8 = new Utf8("://");

/** Writes spans as OTLP/JSON. Allocates nothing once made. */
@final
export class SpanEncoder {
  private readonly json: JsonWriter = new JsonWriter(MAX_SPAN_BYTES);
  private readonly server: ServerName = new ServerName();
  private readonly part: ByteView = new ByteView();
  private isFirst: bool = true;

  /** Only at configure: allocates. */
  constructor(public kind: SpanKind) {}

  private get isClient(): bool {
    return this.kind == SpanKind.Client;
  }

  /** A span as a JSON object, valid until the next one; null for one that does not fit. Allocates: nothing. */
  encode(record: SpanRecord, outcome: SpanOutcome): JsonWriter | null {
    const json = this.json;
    json.begin();
    this.writeIds(record);
    json.raw(NAME);
    const method = record.text(SpanText.Method);
    json.text(isKnownMethod(method) ? method : HTTP);
    json.raw(KIND);
    json.number(this.kind);
    json.raw(START);
    json.number(outcome.startNs);
    json.raw(END);
    json.number(outcome.startNs + outcome.durationNs);
    json.raw(ATTRIBUTES);
    this.isFirst = true;
    this.writeRequest(record);
    const isError = this.writeOutcome(outcome);
    json.byte(0x5d /* ] */);
    this.writeLink(record);
    json.raw(STATUS);
    json.number(isError ? STATUS_ERROR : 0);
    json.byte(0x7d /* } */);
    json.byte(0x7d);
    return json.overflowed ? null : json;
  }

  private writeIds(record: SpanRecord): void {
    const json = this.json;
    json.raw(TRACE_ID);
    json.hex(record.traceIdHigh, 16);
    json.hex(record.traceIdLow, 16);
    json.raw(SPAN_ID);
    json.hex(record.spanId, 16);
    let flags = SAMPLED_KNOWN_REMOTE | (record.isRandom ? RANDOM : 0);
    if (record.parentId != 0) {
      json.raw(PARENT_ID);
      json.hex(record.parentId, 16);
      flags |= REMOTE;
    }
    if (record.text(SpanText.Tracestate).length > 0) {
      json.raw(TRACESTATE);
      json.text(record.text(SpanText.Tracestate));
    }
    json.raw(FLAGS);
    json.number(flags);
  }

  private writeLink(record: SpanRecord): void {
    if (record.linkSpanId == 0) return;
    const json = this.json;
    json.raw(LINK);
    json.hex(record.linkIdHigh, 16);
    json.hex(record.linkIdLow, 16);
    json.raw(SPAN_ID);
    json.hex(record.linkSpanId, 16);
    json.raw(LINK_END);
  }

  private writeRequest(record: SpanRecord): void {
    const method = record.text(SpanText.Method);
    const isKnown = isKnownMethod(method);
    this.string(METHOD, isKnown ? method : OTHER_METHOD);
    if (!isKnown) this.string(METHOD_ORIGINAL, method);
    this.server.read(record.text(SpanText.Host));
    if (this.isClient) this.writeFullUrl(record);
    else this.writeUrl(record);
    this.string(SERVER_ADDRESS, this.server.address);
    const port = this.portOf(record);
    if (port != NO_PORT) this.integer(SERVER_PORT, port);
    this.string(USER_AGENT, record.text(SpanText.UserAgent));
  }

  /** A client's span must have one, so that it gets the scheme's if the host names none. */
  private portOf(record: SpanRecord): i32 {
    if (this.server.port != NO_PORT || !this.isClient) return this.server.port;
    return record.text(SpanText.Scheme).equals(HTTPS) ? 443 : 80;
  }

  private writeUrl(record: SpanRecord): void {
    this.string(URL_SCHEME, record.text(SpanText.Scheme));
    this.string(URL_PATH, record.text(SpanText.Path));
  }

  private writeFullUrl(record: SpanRecord): void {
    const json = this.json;
    this.key(URL_FULL);
    json.raw(STRING);
    json.text(record.text(SpanText.Scheme));
    json.raw(AFTER_SCHEME);
    json.text(record.text(SpanText.Host));
    json.text(record.text(SpanText.Path));
    json.raw(VALUE_END);
  }

  /** Returns whether the span is one of an error. */
  private writeOutcome(outcome: SpanOutcome): bool {
    const part = this.part;
    if (outcome.status != 0) this.integer(STATUS_CODE, outcome.status);
    if (outcome.protocolVersion(part)) this.string(PROTOCOL_VERSION, part);
    if (outcome.grpcStatus != NO_GRPC_STATUS) {
      this.string(RPC_SYSTEM, GRPC);
      this.integer(GRPC_STATUS, outcome.grpcStatus);
    }
    if (outcome.hasErrorStatus(this.isClient)) this.number(ERROR_TYPE, outcome.status);
    else if (outcome.hasGrpcError(this.isClient)) this.number(ERROR_TYPE, outcome.grpcStatus);
    else if (outcome.isBroken) {
      outcome.breach(part);
      this.string(ERROR_TYPE, part);
    } else return false;
    return true;
  }

  private key(key: Utf8): void {
    if (!this.isFirst) this.json.byte(0x2c /* , */);
    this.isFirst = false;
    this.json.raw(KEY);
    this.json.raw(key);
  }

  /** An attribute; none for what is not known. */
  private string(key: Utf8, value: ByteView): void {
    if (value.length == 0) return;
    this.key(key);
    this.json.raw(STRING);
    this.json.text(value);
    this.json.raw(VALUE_END);
  }

  private integer(key: Utf8, value: u64): void {
    this.key(key);
    this.json.raw(INTEGER);
    this.json.number(value);
    this.json.raw(VALUE_END);
  }

  /** A number as text. */
  private number(key: Utf8, value: u64): void {
    this.key(key);
    this.json.raw(STRING);
    this.json.number(value);
    this.json.raw(VALUE_END);
  }
}
