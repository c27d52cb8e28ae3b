import { findRoot, notePeriod } from "../../runtime/root-contexts";
import { enterCallback } from "../memory";

export function proxy_on_queue_ready(rootContextId: u32, token: u32): void {
  enterCallback();
  const root = findRoot(rootContextId);
  if (root == null) return;
  root.onQueueReady(token);
  notePeriod(root);
}
