import { proxy_http_call } from "../abi/imports";
import { OUT } from "../abi/memory";
import { WasmResultValues } from "../abi/types";
import { ByteView, Utf8 } from "../core/bytes";
import { HeaderPairsWriter } from "../core/header-pairs";

/**
 * A request to a cluster of this Envoy, prepared at configure and sent any number of times. The answer arrives in
 * `RootContext.onHttpCallResponse`, also if a stream sent it, with `token`; with 0 headers when it failed.
 */
@final
export class HttpCall {
  private readonly cluster: Utf8;
  /** Must hold `:method`, `:path` and `:authority`. */
  readonly headers: HeaderPairsWriter = new HeaderPairsWriter();
  /** Sent after the body; mostly none. */
  readonly trailers: HeaderPairsWriter = new HeaderPairsWriter();
  /** Sent as it is at `send`. */
  readonly body: ByteView = new ByteView();
  /** Number of the last call that was sent. */
  token: u32 = 0;

  /** @param timeoutMs after which the call has failed. */
  constructor(
    cluster: string,
    readonly timeoutMs: u32,
  ) {
    this.cluster = new Utf8(cluster);
  }

  /**
   * Sends; callable at any time after configure. BadArgument: no such cluster, or a mandatory header is missing.
   * Allocates: nothing once headers and trailers have seen their largest content.
   */
  send(): WasmResultValues {
    const headers = this.headers;
    const trailers = this.trailers;
    headers.encode();
    trailers.encode();
    const result = proxy_http_call(
      this.cluster.ptr,
      this.cluster.length,
      headers.ptr,
      headers.length,
      this.body.ptr,
      this.body.length,
      trailers.ptr,
      trailers.length,
      this.timeoutMs,
      OUT,
    );
    if (result == WasmResultValues.Ok) this.token = load<u32>(OUT);
    return result;
  }
}
