import { proxy_get_buffer_bytes, proxy_set_buffer_bytes } from "../abi/imports";
import { OUT } from "../abi/memory";
import { BufferTypeValues, WasmResultValues } from "../abi/types";
import { ByteView } from "../core/bytes";
import { Presence, takeLent } from "./presence";

/**
 * Fetches up to `maxLength` bytes of a buffer from `start`. Bodies only in their own callback, configurations in
 * on_vm_start and on_configure. Valid until the callback returns. Allocates only what exceeds the arena of 16 KB.
 */
export function readBuffer(type: BufferTypeValues, start: u32, maxLength: u32, into: ByteView): Presence {
  return takeLent(proxy_get_buffer_bytes(type, start, maxLength, OUT, OUT + 4), into);
}

/** Replaces `length` bytes from `start` by `data` (`start` 0 and `length` 0 prepends). Allocates: nothing. */
export function writeBuffer(type: BufferTypeValues, start: u32, length: u32, data: ByteView): WasmResultValues {
  return proxy_set_buffer_bytes(type, start, length, data.ptr, data.length);
}
