import { ensureRoot } from "../../runtime/root-contexts";
import { attributeStreams, openStream } from "../../runtime/streams";
import { enterCallback } from "../memory";

// With this export the module hears of every stream's beginning, so each is served by its own root context.
attributeStreams();

export function proxy_on_context_create(contextId: u32, rootContextId: u32): void {
  enterCallback();
  if (rootContextId != 0) openStream(contextId, rootContextId);
  else ensureRoot(contextId);
}
