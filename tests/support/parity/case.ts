import type { ReceivedResponse, RequestSpec } from "./exchange.js";
import { op, type Script } from "./script.js";
import type { ReceivedRequest, ResponseSpec } from "./upstream.js";

/** One request with a script, to be run by Envoy and by the Node host. */
export interface ParityCase {
  name: string;
  /** The listener (and in Node the plugin) that it goes through; "main" when absent. */
  listener?: string;
  script: Script;
  /** What the listener's plugin does in the phases of its root context. */
  rootScript?: Script;
  request?: RequestSpec;
  response?: ResponseSpec;
  /** What the upstream answers to an HTTP call of the module, by its path "/callout". */
  callout?: ResponseSpec;
  /** The module traps, so that the stream's last phases do not run. */
  traps?: boolean;
  /** The VM is dead already: the module is not asked. */
  silent?: boolean;
}

/** What a host did with a case. */
export interface ParityResult {
  /** The probe's lines in order. */
  lines: string[];
  response: ReceivedResponse;
  /** What the upstream got; absent when nothing reached it. */
  upstream: ReceivedRequest | undefined;
}

/** Every stream begins by telling its headers: the Node host is then given what Envoy gave its module. */
export function fullScript({ script }: ParityCase): Script {
  const { requestHeaders = [], responseHeaders = [], ...rest } = script;
  return {
    requestHeaders: [op.pairs(0), ...requestHeaders],
    responseHeaders: [op.pairs(2), ...responseHeaders],
    ...rest,
  };
}

/** The values that operation `index` reported in a phase first. */
export function valuesOf(lines: readonly string[], phase: number, index: number): string[] | undefined {
  const prefix = `probe ${phase} ${index} `;
  return lines
    .find((line) => line.startsWith(prefix))
    ?.slice(prefix.length)
    .split(" ");
}
