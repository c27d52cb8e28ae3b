import { isSame } from "../diff/json.js";
import type { Fault, Path } from "../policy/fault.js";

/**
 * Plugins that would take a rollout's change in all proxies at once, since nothing in them reads which share of the
 * proxies it is for. Lists of any shape can be read.
 * @param isStaged whether a plugin's configuration is read by the library, or the plugin is unknown.
 */
export function unstagedFaults(plugins: unknown, stable: unknown, isStaged: (plugin: string) => boolean): Fault[] {
  if (!Array.isArray(plugins) || !Array.isArray(stable)) return [];
  const now = plugins as unknown[];
  const before = stable as unknown[];
  const isNow = new Set(now.map(nameOf));
  const gone = before.map((plugin) => (isNow.has(nameOf(plugin)) ? undefined : plugin));
  return [
    ...changed(now, before, isStaged, ["spec", "plugins"]),
    ...changed(gone, now, isStaged, ["spec", "rollout", "stable", "plugins"]),
  ];
}

function changed(ones: unknown[], others: unknown[], isStaged: (plugin: string) => boolean, path: Path): Fault[] {
  return ones.flatMap((plugin, i): Fault[] => {
    const name = nameOf(plugin);
    if (name === undefined || isStaged(name) || others.some((other) => isSame(other, plugin))) return [];
    const message = `${name} does not know of rollouts: all proxies would take its change at once`;
    const remedy = "Roll it out wave by wave, or change it by itself";
    return [{ code: "TG9503", path: [...path, i, "name"], message, remedy }];
  });
}

function nameOf(plugin: unknown): string | undefined {
  const { name } = (plugin ?? {}) as { name?: unknown };
  return typeof name === "string" ? name : undefined;
}
