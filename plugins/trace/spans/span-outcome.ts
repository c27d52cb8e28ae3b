import { ByteView, Utf8 } from "../../../assembly/core/bytes";

/** No gRPC status was sent. */
// @ts-ignore: decorator
@inline
export const NO_GRPC_STATUS: i32 = -1;

/** Of an error that nothing names. https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/ */
const OTHER: Utf8 = new Utf8("_OTHER");

/**
 * Envoy's flags of streams that broke off, of those that can be there although the status was good. By the order of
 * CoreResponseFlag in envoy/stream_info/stream_info.h: the upstream's timeout, local reset, the upstream's reset, its
 * connection's failure and termination, the client's disconnect, idle timeout, the upstream's longest duration, the
 * longest duration, the upstream's breach of protocol, the client's reset.
 */
// @ts-ignore: decorator
@inline
const BROKEN: u64 =
  (1 << 2) |
  (1 << 3) |
  (1 << 4) |
  (1 << 5) |
  (1 << 6) |
  (1 << 14) |
  (1 << 16) |
  (1 << 19) |
  (1 << 22) |
  (1 << 23) |
  (1 << 28);

/**
 * gRPC statuses that are the server's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and
 * DATA_LOSS. https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
// @ts-ignore: decorator
@inline
const GRPC_SERVER_ERRORS: u32 = (1 << 2) | (1 << 4) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 15);

/** How a request ended. */
@final
export class SpanOutcome {
  /** Since the Unix epoch. */
  startNs: u64 = 0;
  durationNs: u64 = 0;
  /** Of the response; 0 when there was none. */
  status: u32 = 0;
  /** NO_GRPC_STATUS for what is not gRPC. */
  grpcStatus: i32 = NO_GRPC_STATUS;
  /** Envoy's, a bit for each. */
  responseFlags: u64 = 0;
  /** Why Envoy ended the request as it did, such as `upstream_reset_before_response_started{connection_failure}`. */
  readonly details: ByteView = new ByteView();
  /** Such as `HTTP/1.1`. */
  readonly protocol: ByteView = new ByteView();

  /** Whether the stream broke off before its answer was complete, or never had one. */
  get isBroken(): bool {
    return this.status == 0 || (this.responseFlags & BROKEN) != 0;
  }

  /**
   * Whether the HTTP status is an error in the eyes of a client or of a server.
   * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
   */
  hasErrorStatus(isClient: bool): bool {
    return this.status >= (isClient ? 400 : 500);
  }

  /** Whether the gRPC status is one. */
  hasGrpcError(isClient: bool): bool {
    const status = this.grpcStatus;
    if (status <= 0) return false;
    return isClient || (status < 32 && ((GRPC_SERVER_ERRORS >> status) & 1) != 0);
  }

  /** Lets `into` view what broke the stream off: Envoy's word without what is in braces, to have few different ones. */
  breach(into: ByteView): void {
    const details = this.details;
    let end = 0;
    while (end < details.length && details.at(end) != 0x7b /* { */) end++;
    if (end == 0) into.set(OTHER.ptr, OTHER.length);
    else into.set(details.ptr, min(end, 64));
  }

  /** Lets `into` view the version in `HTTP/1.1`; false when there is none. */
  protocolVersion(into: ByteView): bool {
    const protocol = this.protocol;
    let start = 0;
    while (start < protocol.length && protocol.at(start) != 0x2f /* / */) start++;
    into.set(protocol.ptr + <usize>start + 1, max(protocol.length - start - 1, 0));
    return into.length > 0;
  }
}
