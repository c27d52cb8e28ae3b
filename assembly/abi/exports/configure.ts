import { log } from "../../host/log";
import { ensureRoot } from "../../runtime/root-contexts";
import { enterCallback } from "../memory";
import { LogLevelValues } from "../types";

export function proxy_on_configure(rootContextId: u32, configurationSize: u32): u32 {
  enterCallback();
  const root = ensureRoot(rootContextId);
  if (root == null) {
    log(LogLevelValues.critical, "no plugin is registered under this root_id");
    return 0;
  }
  return root.onConfigure(configurationSize) ? 1 : 0;
}
