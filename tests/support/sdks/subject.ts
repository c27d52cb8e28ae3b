import type { RequestSpec } from "../parity/exchange.js";
import type { Pairs } from "../parity/script.js";
import type { ResponseSpec } from "../parity/upstream.js";

/** A module that both hosts run, and how it is loaded. */
export interface Subject {
  name: string;
  /** By which its log is known, and subjects of one module share a VM; the name when absent. */
  vmId?: string;
  wasm: Uint8Array;
  rootId: string;
  configuration?: string;
  environment?: Record<string, string>;
}

/** One request through a subject's filter. */
export interface Visit {
  name: string;
  request: RequestSpec;
  response?: ResponseSpec;
  /** What the upstream answers to an HTTP call of the module, at /callout. */
  callout?: ResponseSpec;
  /** The module traps on it, so that the stream's last callbacks do not run. */
  traps?: boolean;
  /** The module does not log the end of the stream. */
  isQuiet?: boolean;
}

/** What a host did with a visit, as far as it is the module's doing. */
export interface Seen {
  status: number;
  headers: string[];
  body: string;
  /** Absent when nothing reached the upstream. */
  upstream: { headers: string[]; body: string } | undefined;
  /** What the module logged. */
  logs: string[];
}

/** What hosts and upstreams add of themselves. */
const NOT_OURS = /^(?!x-|hello)|^x-(envoy|forwarded|request-id)/;

/** The headers that requests, the upstream's answer and the module set, in order. */
export function ownHeaders(headers: Pairs): string[] {
  return headers.filter(([name]) => !NOT_OURS.test(name)).map(([name, value]) => `${name}: ${value}`);
}
