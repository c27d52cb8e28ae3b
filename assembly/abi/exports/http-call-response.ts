import { findRoot, notePeriod } from "../../runtime/root-contexts";
import { enterCallback } from "../memory";

// Envoy answers to the root context, whichever context made the call.
export function proxy_on_http_call_response(
  contextId: u32,
  token: u32,
  headers: u32,
  bodySize: u32,
  trailers: u32,
): void {
  enterCallback();
  const root = findRoot(contextId);
  if (root == null) return;
  root.onHttpCallResponse(token, headers, bodySize, trailers);
  notePeriod(root);
}
