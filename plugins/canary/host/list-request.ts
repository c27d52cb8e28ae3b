import { ByteView, HttpCall, Utf8, WasmResultValues } from "../../../assembly";
import { FetchConfig } from "../lists/fetch-config";
import { ListCall } from "../lists/list-refresh";

const METHOD: Utf8 = new Utf8(":method");
const GET: Utf8 = new Utf8("GET");
const AUTHORITY: Utf8 = new Utf8(":authority");
const PATH: Utf8 = new Utf8(":path");
const ACCEPT: Utf8 = new Utf8("accept");
const TEXT: Utf8 = new Utf8("text/plain");
const IF_NONE_MATCH: Utf8 = new Utf8("if-none-match");

/** The request for a list. */
@final
export class ListRequest extends ListCall {
  private readonly call: HttpCall;
  private readonly authority: Utf8;
  private readonly path: Utf8;
  /** A call has been sent and not been answered. */
  isOpen: bool = false;

  /** Only in onConfigure: allocates. */
  constructor(config: FetchConfig) {
    super();
    this.call = new HttpCall(config.cluster, config.timeoutMs);
    this.authority = new Utf8(config.authority);
    this.path = new Utf8(config.path);
  }

  /** Whether the answer to this token is the one that is awaited. */
  isOf(token: u32): bool {
    return this.isOpen && this.call.token == token;
  }

  send(etag: ByteView): bool {
    const headers = this.call.headers;
    headers.clear();
    headers.add(METHOD, GET);
    headers.add(AUTHORITY, this.authority);
    headers.add(PATH, this.path);
    headers.add(ACCEPT, TEXT);
    if (etag.length > 0) headers.add(IF_NONE_MATCH, etag);
    this.isOpen = this.call.send() == WasmResultValues.Ok;
    return this.isOpen;
  }
}
