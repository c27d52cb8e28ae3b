import { ByteView } from "./bytes";

/** Whether the value of `:status` is 500 to 599: a failure of the server's. Allocates: nothing. */
// @ts-ignore: decorator
@inline
export function isServerError(status: ByteView): bool {
  return status.length == 3 && status.at(0) == 0x35;
}

/** Whether the value of `:status` is 429: too many requests. Allocates: nothing. */
// @ts-ignore: decorator
@inline
export function isTooManyRequests(status: ByteView): bool {
  return status.length == 3 && status.at(0) == 0x34 && status.at(1) == 0x32 && status.at(2) == 0x39;
}
