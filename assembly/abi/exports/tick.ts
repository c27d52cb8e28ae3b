import { findRoot, forgetSilentRoots, notePeriod } from "../../runtime/root-contexts";
import { tracking } from "../../runtime/streams";
import { enterCallback } from "../memory";

export function proxy_on_tick(rootContextId: u32): void {
  enterCallback();
  const root = findRoot(rootContextId);
  if (root == null) return;
  if (!tracking) forgetSilentRoots(root);
  root.onTick();
  notePeriod(root);
}
