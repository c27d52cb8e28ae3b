import { log } from "../../host/log";
import { ensureRoot, notePeriod, removeRoot } from "../../runtime/root-contexts";
import { enterCallback } from "../memory";
import { LogLevelValues } from "../types";

export function proxy_on_configure(rootContextId: u32, configurationSize: u32): u32 {
  enterCallback();
  const root = ensureRoot(rootContextId);
  if (root == null) {
    log(LogLevelValues.critical, "no plugin is registered under this root_id");
    return 0;
  }
  const accepted = root.onConfigure(configurationSize);
  notePeriod(root);
  // Envoy has no use for a plugin that refused, and does not say so to every module.
  if (!accepted) removeRoot(rootContextId);
  // Reading a configuration leaves more garbage than all that follows.
  __collect();
  return accepted ? 1 : 0;
}
