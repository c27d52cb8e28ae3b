import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { JsonWriter } from "./json-writer";
import { MAX_SPAN_BYTES } from "./otlp-json";
import { BYTES_PER_SPAN, SpanQueue } from "./span-queue";

const OPEN: Utf8 = new Utf8('{"resourceSpans":[{"resource":{"attributes":[');
const SCOPE: Utf8 = new Utf8(']},"scopeSpans":[{"scope":{"name":"tidegate.trace"},"spans":[');
const CLOSE: Utf8 = new Utf8("]}]}]}");
const KEY: Utf8 = new Utf8('{"key":"');
const STRING: Utf8 = new Utf8('","value":{"stringValue":"');
const VALUE_END: Utf8 = new Utf8('"}}');
/** The longest form of one byte of a text. */
const MAX_ESCAPE: i32 = 6;

/** The body of one request: an ExportTraceServiceRequest, sent as often as it takes. Allocates nothing once made. */
@final
export class SpanBatch {
  private readonly json: JsonWriter;
  private readonly span: ByteView = new ByteView();
  private readonly prefixBytes: i32;
  private readonly mostBytes: i32;
  /** Spans in it. */
  count: i32 = 0;

  /**
   * Only at configure: allocates.
   * @param most spans. @param names @param values of the attributes of the resource.
   */
  constructor(
    readonly most: i32,
    names: string[],
    values: string[],
  ) {
    // The first span always fits, with a comma, so that none can stop the queue.
    const mostBytes = max(most * BYTES_PER_SPAN, MAX_SPAN_BYTES) + 1;
    const json = new JsonWriter(mostBytes + attributeBytes(names, values) + 256);
    json.raw(OPEN);
    for (let i = 0; i < names.length; i++) {
      if (i > 0) json.byte(0x2c);
      json.raw(KEY);
      json.text(new Utf8(names[i]));
      json.raw(STRING);
      json.text(new Utf8(values[i]));
      json.raw(VALUE_END);
    }
    json.raw(SCOPE);
    this.json = json;
    this.prefixBytes = json.length;
    this.mostBytes = json.length + mostBytes;
  }

  get body(): ByteView {
    return this.json;
  }

  /** Takes as many spans from the queue as fit, in place of those that it has. Allocates: nothing. */
  fill(queue: SpanQueue): void {
    const json = this.json;
    const span = this.span;
    json.length = this.prefixBytes;
    this.count = 0;
    while (this.count < this.most && queue.peek(span)) {
      if (span.length + 1 > this.mostBytes - json.length) break;
      if (this.count > 0) json.byte(0x2c);
      json.raw(span);
      queue.drop();
      this.count++;
    }
    json.raw(CLOSE);
  }
}

function attributeBytes(names: string[], values: string[]): i32 {
  let bytes = 0;
  for (let i = 0; i < names.length; i++) {
    bytes += 64 + MAX_ESCAPE * (new Utf8(names[i]).length + new Utf8(values[i]).length);
  }
  return bytes;
}
