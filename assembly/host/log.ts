import { proxy_get_log_level, proxy_log } from "../abi/imports";
import { OUT } from "../abi/memory";
import { LogLevelValues, WasmResultValues } from "../abi/types";
import { Problems } from "../core/config-reader";
import { writeEscaped } from "../core/escape";

// @ts-ignore: decorator
@inline
const LINE_BYTES: usize = 2048;
const LINE: usize = memory.data(2048);

/**
 * Writes one line to Envoy's log (component `wasm`). Control characters are escaped, the rest is cut off after 2 KB.
 * Callable at any time. Allocates: nothing itself, but building `message` does: not for the request path.
 */
export function log(level: LogLevelValues, message: string): void {
  proxy_log(level, LINE, writeEscaped(message, LINE, LINE_BYTES));
}

/**
 * Logs each problem of a configuration in a line of its own, `<plugin>: <JSON path>: <what was expected>`, at level
 * critical. For onConfigure: allocates.
 * @returns whether there is none: what onConfigure returns.
 */
export function reportProblems(plugin: string, problems: Problems): bool {
  const lines = problems.list;
  for (let i = 0; i < lines.length; i++) log(LogLevelValues.critical, `${plugin}: ${lines[i]}`);
  return problems.ok;
}

/** Whether Envoy would print a line of `level`; true when it does not say. One host call. Allocates: nothing. */
export function logEnabled(level: LogLevelValues): bool {
  return proxy_get_log_level(OUT) != WasmResultValues.Ok || <u32>level >= load<u32>(OUT);
}
