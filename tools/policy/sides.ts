import type { Path } from "./fault.js";
import type { PluginUse, PolicyDocument } from "./model.js";

/** Plugins that proxies of a policy run: its own, or those that a rollout leaves them. */
export interface Side {
  plugins: readonly PluginUse[];
  /** Where in the policy they stand. */
  path: Path;
}

export const PLUGINS: Path = ["spec", "plugins"];
export const STABLE_PLUGINS: Path = ["spec", "rollout", "stable", "plugins"];

/** The new side, and the stable one where there is a rollout. */
export function sidesOf({ spec: { plugins, rollout } }: PolicyDocument): Side[] {
  return [{ plugins, path: PLUGINS }, ...(rollout ? [{ plugins: rollout.stable.plugins, path: STABLE_PLUGINS }] : [])];
}
