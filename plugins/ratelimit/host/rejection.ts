import { ByteView, LocalResponse, MAX_DECIMAL_DIGITS, Utf8, WasmResultValues, writeDecimal } from "../../../assembly";

const GRPC_RESOURCE_EXHAUSTED: u32 = 8;
const RETRY_AFTER_DIGITS: usize = memory.data(MAX_DECIMAL_DIGITS);

/** The answer to a request that is turned away. */
@final
export class Rejection {
  private readonly response: LocalResponse;
  private readonly name: Utf8 = new Utf8("retry-after");
  private readonly value: ByteView = new ByteView();

  constructor(status: u32) {
    this.response = new LocalResponse(status, "tidegate_ratelimit", "rate limit exceeded");
    // Envoy uses it only for requests that are gRPC; those get HTTP status 200 with it.
    this.response.grpcStatus = GRPC_RESOURCE_EXHAUSTED;
  }

  /** @returns false when the host does not send it, and the request goes on. Allocates: nothing. */
  send(retryAfterSeconds: u32): bool {
    this.value.set(RETRY_AFTER_DIGITS, writeDecimal(retryAfterSeconds, RETRY_AFTER_DIGITS));
    this.response.headers.clear();
    this.response.headers.add(this.name, this.value);
    return this.response.send() == WasmResultValues.Ok;
  }
}
