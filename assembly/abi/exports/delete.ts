import { findRoot, removeRoot } from "../../runtime/root-contexts";
import { closeStream, trackStreams } from "../../runtime/streams";
import { enterCallback } from "../memory";

// With this export the module hears of every stream's end, so each stream can have a context of its own.
trackStreams();

export function proxy_on_delete(contextId: u32): void {
  enterCallback();
  const root = findRoot(contextId);
  if (root == null) {
    closeStream(contextId);
    return;
  }
  root.onDelete();
  removeRoot(contextId);
  __collect();
}
