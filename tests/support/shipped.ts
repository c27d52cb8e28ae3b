import { discoverPlugins, type PluginInfo } from "../../tools/plugins.js";

/**
 * The plugins that the npm package has modules of. Of these alone texts in two languages are asked, an icon, golden files and
 * sizes of their own; of others that are added here, only what is true of any plugin.
 */
export const SHIPPED: readonly string[] = ["canary", "ratelimit", "trace"];

/** Rigs with golden files. */
export const SHIPPED_RIGS: readonly string[] = ["quickstart", "trace"];

/** What is known of the shipped plugins. */
export function shippedPlugins(): PluginInfo[] {
  const plugins = discoverPlugins();
  return SHIPPED.map((name) => plugins.get(name)!);
}
