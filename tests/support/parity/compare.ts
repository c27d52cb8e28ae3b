import assert from "node:assert/strict";
import { fullScript, type ParityCase, type ParityResult } from "./case.js";
import { describeLine, type Pairs } from "./script.js";

/** What connection manager, router and codecs add or remove behind the filter's back. */
const HOP_HEADERS = new Set([
  "connection",
  "date",
  "host",
  "server",
  "trailer",
  "transfer-encoding",
  "x-envoy-expected-rq-timeout-ms",
]);

/** Fails unless the Node host did to the last byte what Envoy did. */
export function assertParity(parityCase: ParityCase, envoy: ParityResult, node: ParityResult): void {
  assert.deepEqual(readable(parityCase, node), readable(parityCase, envoy));
}

function readable(parityCase: ParityCase, result: ParityResult): object {
  const script = fullScript(parityCase);
  const { response, upstream } = result;
  return {
    lines: result.lines.map((line) => describeLine(line, script)),
    response: response.status === 0 ? "reset" : { ...response, headers: ownHeaders(response.headers) },
    upstream: upstream && { ...upstream, headers: ownHeaders(upstream.headers) },
  };
}

function ownHeaders(headers: Pairs): string[] {
  return headers.filter(([name]) => !HOP_HEADERS.has(name)).map(([name, value]) => `${name}: ${value}`);
}
