import { ensureRoot } from "../../runtime/root-contexts";
import { enterCallback } from "../memory";

export function proxy_on_vm_start(rootContextId: u32, vmConfigurationSize: u32): u32 {
  enterCallback();
  const root = ensureRoot(rootContextId);
  return root != null && root.onStart(vmConfigurationSize) ? 1 : 0;
}
