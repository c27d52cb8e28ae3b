import { isPrefix, type Path } from "../policy/fault.js";
import { keysOf, type PluginUse, type PolicyDocument, type Rollout } from "../policy/model.js";
import { PLUGINS, STABLE_PLUGINS } from "../policy/sides.js";

/** A policy as generators need it: without spec.rollout, whose parts are in the plugins' configurations. */
export interface Staged {
  policy: PolicyDocument;
  /** Where in the policy file a value of `policy` comes from. */
  origin(path: Path): Path;
}

/** A plugin of either side, or of both. */
interface Slot {
  now?: PluginUse;
  nowPath?: Path;
  stable?: PluginUse;
  stablePath?: Path;
}

const ROLLOUT: Path = ["spec", "rollout"];

/** Puts each plugin's part of a rollout into its configuration; a plugin that one side lacks is disabled there. */
export function stage(policy: PolicyDocument): Staged {
  const { rollout, ...spec } = policy.spec;
  if (!rollout) return { policy, origin: (path) => path };
  const slots = slotsOf(spec.plugins, rollout.stable.plugins);
  const plugins = slots.map((slot) => joined(slot, rollout));
  return { policy: { ...policy, spec: { ...spec, plugins } }, origin: (path) => originOf(path, slots) };
}

/** The plugins of both sides, in an order that is that of each, when there is one. */
function slotsOf(now: readonly PluginUse[], stable: readonly PluginUse[]): Slot[] {
  const slots: Slot[] = [];
  let taken = 0;
  const takeUntil = (end: number): void => {
    for (; taken < end; taken++) {
      const plugin = stable[taken]!;
      if (now.some(({ name }) => name === plugin.name)) continue;
      slots.push({ stable: plugin, stablePath: [...STABLE_PLUGINS, taken] });
    }
  };
  for (const [i, plugin] of now.entries()) {
    const place = stable.findIndex(({ name }) => name === plugin.name);
    takeUntil(place);
    const counterpart = place < 0 ? {} : { stable: stable[place]!, stablePath: [...STABLE_PLUGINS, place] };
    slots.push({ now: plugin, nowPath: [...PLUGINS, i], ...counterpart });
  }
  takeUntil(stable.length);
  return slots;
}

/** One plugin with both configurations. Its module is one for both. */
function joined({ now, stable }: Slot, { percent, salt, revert }: Rollout): PluginUse {
  const disabled = { disabled: true };
  const rollout = {
    percent,
    salt,
    stable: stable ? (stable.config ?? {}) : disabled,
    ...(revert === undefined ? {} : { revert }),
  };
  return { ...(now ?? stable!), config: { ...(now ? keysOf(now) : disabled), rollout } };
}

const OF_STABLE: Path = ["config", "rollout", "stable"];
const OF_ROLLOUT: Path = ["config", "rollout"];

function originOf(path: Path, slots: readonly Slot[]): Path {
  const slot = isPrefix(PLUGINS, path) ? slots[Number(path[PLUGINS.length])] : undefined;
  if (!slot) return path;
  const plugin = (slot.nowPath ?? slot.stablePath)!;
  const rest = path.slice(PLUGINS.length + 1);
  if (isPrefix(OF_STABLE, rest)) {
    return slot.stablePath ? [...slot.stablePath, "config", ...rest.slice(OF_STABLE.length)] : plugin;
  }
  return isPrefix(OF_ROLLOUT, rest) ? [...ROLLOUT, ...rest.slice(OF_ROLLOUT.length)] : [...plugin, ...rest];
}
