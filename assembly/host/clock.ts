import { clock_time_get, proxy_get_current_time_nanoseconds } from "../abi/imports";
import { OUT } from "../abi/memory";
import { WasmResultValues } from "../abi/types";

// @ts-ignore: decorator
@inline
const WASI_MONOTONIC: u32 = 1;

/**
 * Nanoseconds of a clock that never goes back, from an arbitrary start: for limits and latencies.
 * 0 means that the host did not answer. Callable at any time. Allocates: nothing.
 */
export function monotonicNs(): u64 {
  return clock_time_get(WASI_MONOTONIC, 1, OUT) == 0 ? load<u64>(OUT) : 0;
}

/**
 * Nanoseconds since the Unix epoch by the host's clock, which may be set: for what is shown to people, and for schedules.
 * 0 means that the host did not answer. Callable at any time. Allocates: nothing.
 */
export function wallNs(): u64 {
  return proxy_get_current_time_nanoseconds(OUT) == WasmResultValues.Ok ? load<u64>(OUT) : 0;
}
