import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PluginInfo } from "../../plugins.js";
import { repoRoot } from "../../root.js";
import type { PackageFacts } from "./facts.js";

/**
 * Reads what a plugin's folder says of it: plugin.json, zh-CN.json and icon.png. A folder without them gives what can be
 * said of any plugin.
 * @param version of the package.
 */
export function readFacts(plugin: PluginInfo, version: string): PackageFacts {
  const icon = join(repoRoot, "plugins", plugin.name, "icon.png");
  const { title = plugin.name, description = "" } = plugin.ownSchema as { title?: string; description?: string };
  return {
    version,
    about: { title, description, category: "custom", phase: "UNSPECIFIED_PHASE", priority: 0 },
    chinese: new Map(),
    icon: existsSync(icon) ? readFileSync(icon) : new Uint8Array(),
  };
}
