import { type Configuration, configurationsWithin } from "./configurations.js";
import { type Fault, isPrefix, isSame, type Path } from "./fault.js";
import type { PluginUse, PolicyDocument } from "./model.js";
import { PLUGINS, type Side, sidesOf } from "./sides.js";
import { without } from "./without.js";

/**
 * A policy as some of its requests meet it: with one configuration for each plugin, without settings and rollout, so that
 * rules need to know nothing of either.
 */
export interface View {
  policy: PolicyDocument;
  /** Where in the policy file a value of `policy` comes from. */
  origin(path: Path): Path;
}

/** A plugin of one side, with its configurations. */
interface Entry {
  plugin: PluginUse;
  path: Path;
  /** For requests that no setting matches; undefined where it is disabled. */
  own: Configuration | undefined;
  others: Configuration[];
}

/** One view for each side of a rollout, and one for each configuration that is for some requests. */
export function viewsOf(policy: PolicyDocument): View[] {
  const sides = sidesOf(policy).map(entriesOf);
  const [now] = sides;
  if (sides.length === 1 && now!.every(isPlain)) return [{ policy, origin: (path) => path }];
  return sides.flatMap((entries) => [
    viewOf(policy, entries),
    ...entries.flatMap((entry) => entry.others.map((other) => viewOf(policy, entries, { entry, other }))),
  ]);
}

/** Runs a check between policies over all views of each. @returns what concerns a policy at its place in the list. */
export function overViews(
  policies: readonly PolicyDocument[],
  check: (views: readonly PolicyDocument[]) => Fault[][],
): Fault[][] {
  const views = policies.map(viewsOf);
  const found = check(views.flat().map(({ policy }) => policy));
  let next = 0;
  return views.map((own) => {
    const faults = own.flatMap(({ origin }) =>
      (found[next++] ?? []).map((fault) => ({ ...fault, path: origin(fault.path) })),
    );
    return distinct(faults);
  });
}

/** Each fault once. */
export function distinct(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify([fault.code, fault.path, fault.message]), fault])).values()];
}

function entriesOf({ plugins, path }: Side): Entry[] {
  return plugins.map((plugin, i): Entry => {
    const config = [...path, i, "config"];
    const all = configurationsWithin(plugin.config, config);
    const own = all.find((one) => isSame(one.path, config));
    return { plugin, path: [...path, i], own, others: all.filter((one) => one !== own) };
  });
}

function isPlain({ own, others }: Entry): boolean {
  return own !== undefined && others.length === 0;
}

function viewOf(
  policy: PolicyDocument,
  entries: readonly Entry[],
  chosen?: { entry: Entry; other: Configuration },
): View {
  const parts = entries.flatMap((entry) => {
    const configuration = entry === chosen?.entry ? chosen.other : entry.own;
    return configuration ? [{ entry, configuration }] : [];
  });
  const spec = without(policy.spec, "rollout");
  const plugins = parts.map(({ entry, configuration }) => ({ ...entry.plugin, config: configuration.config }));
  return { policy: { ...policy, spec: { ...spec, plugins } }, origin };

  function origin(path: Path): Path {
    const part = isPrefix(PLUGINS, path) ? parts[Number(path[PLUGINS.length])] : undefined;
    if (!part) return path;
    const rest = path.slice(PLUGINS.length + 1);
    return rest[0] === "config" ? [...part.configuration.path, ...rest.slice(1)] : [...part.entry.path, ...rest];
  }
}
