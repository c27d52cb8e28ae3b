import { ensureRoot } from "../../runtime/root-contexts";
import { openStream } from "../../runtime/streams";
import { enterCallback } from "../memory";

export function proxy_on_context_create(contextId: u32, rootContextId: u32): void {
  enterCallback();
  if (rootContextId != 0) openStream(contextId, rootContextId);
  else ensureRoot(contextId);
}
