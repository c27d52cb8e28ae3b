import { proxy_set_tick_period_milliseconds } from "../abi/imports";
import { WasmResultValues } from "../abi/types";

/** Asks for `onTick` every `periodMs`, 0 for none. Only in a root context: onStart, onConfigure, onTick. */
export function setTickPeriod(periodMs: u32): WasmResultValues {
  return proxy_set_tick_period_milliseconds(periodMs);
}
