import { ByteView, HttpCall, Utf8, WasmResultValues } from "../../../assembly";
import { SpansConfig } from "../spans/config";
import { SpanCall } from "../spans/span-sender";

const METHOD: Utf8 = new Utf8(":method");
const POST: Utf8 = new Utf8("POST");
const AUTHORITY: Utf8 = new Utf8(":authority");
const PATH: Utf8 = new Utf8(":path");
const CONTENT_TYPE: Utf8 = new Utf8("content-type");
const ACCEPT: Utf8 = new Utf8("accept");
const JSON_TYPE: Utf8 = new Utf8("application/json");

/** The request that carries spans to a collector. */
@final
export class SpanRequest extends SpanCall {
  private readonly call: HttpCall;
  /** A call has been sent and not been answered. */
  isOpen: bool = false;

  /** Only in onConfigure: allocates. */
  constructor(config: SpansConfig) {
    super();
    const call = new HttpCall(config.cluster, config.timeoutMs);
    const headers = call.headers;
    headers.add(METHOD, POST);
    headers.add(AUTHORITY, new Utf8(config.authority));
    headers.add(PATH, new Utf8(config.path));
    headers.add(CONTENT_TYPE, JSON_TYPE);
    headers.add(ACCEPT, JSON_TYPE);
    for (let i = 0; i < config.headerNames.length; i++) {
      headers.add(new Utf8(config.headerNames[i]), new Utf8(config.headerValues[i]));
    }
    this.call = call;
  }

  /** Whether the answer to this token is the one that is awaited. */
  isOf(token: u32): bool {
    return this.isOpen && this.call.token == token;
  }

  send(body: ByteView): bool {
    this.call.body.set(body.ptr, body.length);
    this.isOpen = this.call.send() == WasmResultValues.Ok;
    return this.isOpen;
  }
}
