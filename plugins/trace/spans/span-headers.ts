import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { TraceHeaders } from "../context/trace-headers";
import { SpanRecord, SpanText } from "./span-record";

const GRPC: Utf8 = new Utf8("application/grpc");

/** What a span tells of its request's headers: no query, which may hold secrets, and no address of the client. */
@final
export class SpanHeaders {
  private readonly method: i32;
  private readonly path: i32;
  private readonly host: i32;
  private readonly scheme: i32;
  private readonly userAgent: i32;
  private readonly contentType: i32;
  private readonly type: ByteView = new ByteView();

  /** Only at configure: allocates. */
  constructor(private readonly headers: TraceHeaders) {
    this.method = headers.slot(":method");
    this.path = headers.slot(":path");
    this.host = headers.slot(":authority");
    this.scheme = headers.slot(":scheme");
    this.userAgent = headers.slot("user-agent");
    this.contentType = headers.slot("content-type");
  }

  /** Notes the request that `headers` have read, whose bytes must stay until the record is written. Allocates: nothing. */
  tell(record: SpanRecord): void {
    const headers = this.headers;
    headers.single(this.method, record.text(SpanText.Method));
    headers.single(this.host, record.text(SpanText.Host));
    headers.single(this.scheme, record.text(SpanText.Scheme));
    headers.single(this.userAgent, record.text(SpanText.UserAgent));
    const path = record.text(SpanText.Path);
    if (headers.single(this.path, path)) path.set(path.ptr, lengthOfPath(path));
    record.isGrpc = headers.single(this.contentType, this.type) && this.type.startsWith(GRPC);
  }
}

/** Up to the query, or the fragment that some clients send. */
function lengthOfPath(path: ByteView): i32 {
  for (let i = 0; i < path.length; i++) {
    const byte = path.at(i);
    if (byte == 0x3f /* ? */ || byte == 0x23 /* # */) return i;
  }
  return path.length;
}
