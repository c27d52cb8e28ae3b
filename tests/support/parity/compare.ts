import assert from "node:assert/strict";
import { fullScript, type ParityCase, type ParityResult } from "./case.js";
import { describeLine, type Pairs } from "./script.js";

/** What connection manager, router and codecs add or remove behind the filter's back; also a content-length of 0. */
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
  if (parityCase.silent) {
    assert.equal(node.response.status, envoy.response.status);
    assert.deepEqual([node.lines, envoy.lines], [[], []]);
    return;
  }
  assert.deepEqual(readable(parityCase, node), readable(parityCase, envoy));
}

function readable(parityCase: ParityCase, result: ParityResult): object {
  const scripts = { stream: fullScript(parityCase), root: parityCase.rootScript ?? {} };
  const { response, upstream } = result;
  return {
    lines: result.lines.map((line) => describeLine(line, scripts, HOP_HEADERS)),
    response: response.status === 0 ? "reset" : { ...response, headers: ownHeaders(response.headers) },
    upstream: upstream && { ...upstream, headers: ownHeaders(upstream.headers) },
  };
}

function ownHeaders(headers: Pairs): string[] {
  const own = headers.filter(
    ([name, value]) => !HOP_HEADERS.has(name) && !(name === "content-length" && value === "0"),
  );
  return own.map(([name, value]) => `${name}: ${value}`);
}
