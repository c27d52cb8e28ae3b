import { isSame } from "../diff/json.js";
import type { Fault, Path } from "../policy/fault.js";
import { keysOf, type PluginUse, type PolicyDocument, type Rollout } from "../policy/model.js";
import { outsideFaults } from "./outside.js";

const PLUGINS: Path = ["spec", "plugins"];
const ROLLOUT: Path = ["spec", "rollout"];
const STABLE_PLUGINS: Path = [...ROLLOUT, "stable", "plugins"];

/** What of a policy's rollout cannot be, or would not be staged. */
export function rolloutFaults(policy: PolicyDocument): Fault[] {
  const { plugins, rollout } = policy.spec;
  if (!rollout) return outsideFaults(policy);
  return [
    ...percentFault(rollout),
    ...contradictingOrder(plugins, rollout.stable.plugins),
    ...ofOnePlugin(plugins, rollout.stable.plugins),
    ...nested(plugins, PLUGINS),
    ...nested(rollout.stable.plugins, STABLE_PLUGINS),
    ...nothing(plugins, rollout.stable.plugins),
    ...outsideFaults(policy),
  ];
}

/** Places of proxies are hundredths of a percent. */
function percentFault({ percent }: Rollout): Fault[] {
  if (Number(percent.toFixed(2)) === percent) return [];
  const message = `${percent} has more than two decimals`;
  return [{ code: "TG2005", path: [...ROLLOUT, "percent"], message, remedy: `Write ${percent.toFixed(2)}` }];
}

/** A chain has one order, in which each proxy disables what it does not run. */
function contradictingOrder(plugins: readonly PluginUse[], stable: readonly PluginUse[]): Fault[] {
  const placeOf = ({ name }: PluginUse): number => plugins.findIndex((plugin) => plugin.name === name);
  const common = stable.filter((plugin, i) => placeOf(plugin) >= 0 && stable.findIndex(sameName(plugin)) === i);
  const turn = common.find((plugin, i) => i > 0 && placeOf(plugin) < placeOf(common[i - 1]!));
  if (!turn) return [];
  const before = common[common.indexOf(turn) - 1]!;
  const message = `in stable ${before.name} runs before ${turn.name}, in spec.plugins after it, and a proxy has one chain`;
  const path = [...STABLE_PLUGINS, stable.indexOf(turn), "name"];
  return [
    { code: "TG3401", path, message, remedy: "Change the order by itself, for all proxies, and the rest by rollout" },
  ];
}

/** A proxy has one module of a plugin, and one way to deal with its failures. */
function ofOnePlugin(plugins: readonly PluginUse[], stable: readonly PluginUse[]): Fault[] {
  return stable.flatMap((plugin, i): Fault[] => {
    const now = plugins.find(sameName(plugin));
    if (!now) return [];
    const keys = Object.keys(plugin).filter((key) => key !== "name" && key !== "config") as (keyof PluginUse)[];
    const other = keys.filter((key) => JSON.stringify(plugin[key]) !== JSON.stringify(now[key]));
    return other.map((key) => {
      const message = `${key} of ${plugin.name} is one for both sides: only configurations are staged`;
      const remedy = `Write it to spec.plugins alone; roll another one out wave by wave, or for all at once`;
      return { code: "TG3402", path: [...STABLE_PLUGINS, i, key], at: "key", message, remedy };
    });
  });
}

/** A configuration's own rollout would be within another's. */
function nested(plugins: readonly PluginUse[], path: Path): Fault[] {
  return plugins.flatMap((plugin, i): Fault[] => {
    if (keysOf(plugin)["rollout"] === undefined) return [];
    const message = `${plugin.name} has a rollout of its own within that of the policy`;
    const remedy = "Keep spec.rollout alone";
    return [{ code: "TG3403", path: [...path, i, "config", "rollout"], at: "key", message, remedy }];
  });
}

function nothing(plugins: readonly PluginUse[], stable: readonly PluginUse[]): Fault[] {
  const [one, other] = [plugins, stable].map((uses) => uses.map(({ name, config = {} }) => ({ name, config })));
  if (!isSame(one, other)) return [];
  const message = "both sides are the same, so there is nothing to roll out";
  const remedy = "Run `tidegate rollout finish`, or change spec.plugins";
  return [{ code: "TG3406", severity: "warning", path: ROLLOUT, at: "key", message, remedy }];
}

function sameName({ name }: PluginUse): (other: PluginUse) => boolean {
  return (other) => other.name === name;
}
