import { proxy_set_tick_period_milliseconds } from "../abi/imports";
import { WasmResultValues } from "../abi/types";

let requestedPeriodMs: i64 = -1;

/** For the runtime: the period that a callback asked for, or -1; forgets it. */
export function takeRequestedPeriod(): i64 {
  const periodMs = requestedPeriodMs;
  requestedPeriodMs = -1;
  return periodMs;
}

/** Asks for `onTick` every `periodMs`, 0 for none. Only in a root context's callbacks. */
export function setTickPeriod(periodMs: u32): WasmResultValues {
  const result: WasmResultValues = proxy_set_tick_period_milliseconds(periodMs);
  if (result == WasmResultValues.Ok) requestedPeriodMs = periodMs;
  return result;
}
