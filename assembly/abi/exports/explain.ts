import { streamOf } from "../../runtime/streams";
import { enterCallback } from "../memory";

/** No callback of Envoy's: our tool calls it in place of proxy_on_request_headers, to learn why a plugin decides as it does. */
export function tidegate_explain(contextId: u32): void {
  enterCallback();
  const stream = streamOf(contextId);
  if (stream != null) stream.onExplain();
}
