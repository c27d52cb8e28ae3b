import { type ModuleOptions, moduleSource } from "../generate/module-source.js";
import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";

/** A module that a policy names without its hash, and where. */
export interface Unpinned {
  url: string;
  /** Of the plugin that needs it first. */
  plugin: string;
  path: Path;
}

/** Modules of a policy that proxies fetch, and that are not named by a hash. */
export function unpinnedIn(policy: PolicyDocument, options: ModuleOptions): Unpinned[] {
  return policy.spec.plugins.flatMap((plugin, i): Unpinned[] => {
    const { url = "" } = moduleSource(policy, plugin, options) ?? {};
    const isHashed = plugin.sha256 !== undefined || (url.startsWith("oci://") && url.includes("@"));
    if (isHashed || !/^(oci|https?):/.test(url)) return [];
    return [{ url, plugin: plugin.name, path: pathOf(policy, i, options) }];
  });
}

function pathOf({ spec }: PolicyDocument, plugin: number, options: ModuleOptions): Path {
  const own = ["spec", "plugins", plugin];
  if (options.moduleUrl !== undefined) return own;
  return spec.plugins[plugin]?.moduleUrl === undefined ? ["spec", "moduleUrl"] : [...own, "moduleUrl"];
}

/** What is wrong with a policy when nobody says a module's hash. */
export function unpinnedFault({ plugin, path }: Unpinned, why: string): Fault {
  const message = `the hash of ${plugin}'s module cannot be had: ${why}`;
  const remedy = "Generate without --pin, or where the registry can be reached";
  return { code: "TG9202", path, message, remedy };
}
