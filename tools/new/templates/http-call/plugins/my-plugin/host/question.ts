import { Header, HttpCall, requestHeader, Utf8, WasmResultValues } from "../../../assembly";
import { AskConfig } from "../config";

const METHOD: Utf8 = new Utf8(":method");
const GET: Utf8 = new Utf8("GET");
const PATH: Utf8 = new Utf8(":path");
const AUTHORITY: Utf8 = new Utf8(":authority");
const ORIGINAL_METHOD: Utf8 = new Utf8("x-original-method");
/** Room for the headers of a question; what has more makes it larger, once. */
const ROOM_BYTES: i32 = 4096;

/** The question about a request: GET of its path, with its method and some of its headers. */
@final
export class Question {
  private readonly call: HttpCall;
  private readonly authority: Utf8;
  private readonly method: Header = requestHeader(":method");
  private readonly path: Header = requestHeader(":path");
  private readonly forwarded: Header[] = [];

  /** Only in onConfigure: allocates. */
  constructor(config: AskConfig) {
    this.call = new HttpCall(config.cluster, config.timeoutMs);
    this.authority = new Utf8(config.authority);
    for (let i = 0; i < config.forward.length; i++) this.forwarded.push(requestHeader(config.forward[i]));
    this.call.headers.reserve(4 + config.forward.length, ROOM_BYTES);
  }

  /** Number of the question that was sent last. */
  get token(): u32 {
    return this.call.token;
  }

  /** Asks about the request at hand; of a repeated header the first value goes along. Allocates: nothing. */
  send(): WasmResultValues {
    const headers = this.call.headers;
    headers.clear();
    headers.add(METHOD, GET);
    headers.add(AUTHORITY, this.authority);
    this.add(PATH, this.path);
    this.add(ORIGINAL_METHOD, this.method);
    for (let i = 0; i < this.forwarded.length; i++) {
      const header = unchecked(this.forwarded[i]);
      this.add(header.name, header);
    }
    return this.call.send();
  }

  private add(name: Utf8, header: Header): void {
    header.read();
    if (header.value.length > 0) this.call.headers.add(name, header.value);
  }
}
