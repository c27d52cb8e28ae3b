import { findRoot } from "../../runtime/root-contexts";
import { streamOf } from "../../runtime/streams";
import { enterCallback } from "../memory";

export function proxy_on_done(contextId: u32): u32 {
  enterCallback();
  const root = findRoot(contextId);
  if (root != null) return root.onDone() ? 1 : 0;
  const stream = streamOf(contextId);
  return stream == null || stream.onDone() ? 1 : 0;
}
