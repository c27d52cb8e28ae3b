import { findRoot } from "../../runtime/root-contexts";
import { streamOf } from "../../runtime/streams";
import { enterCallback } from "../memory";

export function proxy_on_http_call_response(
  contextId: u32,
  token: u32,
  headers: u32,
  bodySize: u32,
  trailers: u32,
): void {
  enterCallback();
  const root = findRoot(contextId);
  if (root != null) {
    root.onHttpCallResponse(token, headers, bodySize, trailers);
    return;
  }
  const stream = streamOf(contextId);
  if (stream != null) stream.onHttpCallResponse(token, headers, bodySize, trailers);
}
