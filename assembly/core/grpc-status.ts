import { ByteView } from "./bytes";

// What counts as failed is what Envoy itself counts against an upstream (outlier detection): statuses 500 to 599, and
// gRPC statuses that Envoy translates to such ones (Grpc::Utility::grpcToHttpStatus): UNKNOWN, DEADLINE_EXCEEDED,
// UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS, and whatever is no gRPC status. RESOURCE_EXHAUSTED is 429 there, and
// CANCELLED 499: the client's.

/** By gRPC status: bit n is 1 when status n is a failure. */
// @ts-ignore: decorator
@inline
const GRPC_FAILURES: u32 = (1 << 2) | (1 << 4) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 15);
// @ts-ignore: decorator
@inline
const MAX_GRPC_STATUS: i32 = 16;

/** Of the value of `grpc-status`. Allocates: nothing. */
export function isFailedGrpcStatus(status: ByteView): bool {
  const length = status.length;
  if (length < 1 || length > 2) return true;
  let number = 0;
  for (let i = 0; i < length; i++) {
    const digit = <i32>status.at(i) - 0x30;
    if (<u32>digit > 9) return true;
    number = number * 10 + digit;
  }
  return number > MAX_GRPC_STATUS || ((GRPC_FAILURES >> number) & 1) != 0;
}

/** Whether it is RESOURCE_EXHAUSTED, which is to gRPC what 429 is to HTTP. Allocates: nothing. */
export function isExhaustedGrpcStatus(status: ByteView): bool {
  return status.length == 1 && status.at(0) == 0x38;
}
