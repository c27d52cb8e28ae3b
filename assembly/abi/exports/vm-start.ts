import { ensureRoot, notePeriod } from "../../runtime/root-contexts";
import { enterCallback } from "../memory";

export function proxy_on_vm_start(rootContextId: u32, vmConfigurationSize: u32): u32 {
  enterCallback();
  const root = ensureRoot(rootContextId);
  if (root == null) return 0;
  const started = root.onStart(vmConfigurationSize);
  notePeriod(root);
  return started ? 1 : 0;
}
