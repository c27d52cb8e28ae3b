import { streamOf } from "../../runtime/streams";
import { enterCallback } from "../memory";

export function proxy_on_log(contextId: u32): void {
  enterCallback();
  const stream = streamOf(contextId);
  if (stream != null) stream.onLog();
}
