import { proxy_send_local_response } from "../abi/imports";
import { GRPC_STATUS_UNSET, WasmResultValues } from "../abi/types";
import { ByteView, Utf8 } from "../core/bytes";
import { HeaderPairsWriter } from "../core/header-pairs";

/**
 * A response that Envoy gives in place of the upstream's, prepared at configure and sent any number of times.
 * Envoy checks neither the status nor the headers: the caller keeps the status within 200 to 599 and CR, LF and NUL out.
 */
export class LocalResponse {
  private readonly details: Utf8;
  private readonly body: Utf8;
  /** gRPC status for requests that are gRPC, or GRPC_STATUS_UNSET to derive it from the HTTP status. */
  grpcStatus: u32 = GRPC_STATUS_UNSET;

  /**
   * @param details what the access log shows as %RESPONSE_CODE_DETAILS%.
   * @param headers of the response; clear and fill before `send` when they differ each time. Several may share one.
   */
  constructor(
    /** HTTP status. */
    readonly status: u32,
    details: string,
    body: string,
    readonly headers: HeaderPairsWriter = new HeaderPairsWriter(),
  ) {
    this.details = new Utf8(details);
    this.body = new Utf8(body);
  }

  /**
   * Sends the response and ends the stream: the callback must return StopIteration right after.
   * Only in the request's callbacks and in onResponseHeaders: later it resets the stream, and in onLog Envoy 1.40
   * recurses until it crashes. Allocates: nothing once `headers` has seen its largest content.
   */
  send(): WasmResultValues {
    return this.sendWith(this.body);
  }

  /** As `send`, with another body. */
  sendWith(body: ByteView): WasmResultValues {
    const headers = this.headers;
    headers.encode();
    return proxy_send_local_response(
      this.status,
      this.details.ptr,
      this.details.length,
      body.ptr,
      body.length,
      headers.ptr,
      headers.length,
      this.grpcStatus,
    );
  }
}
