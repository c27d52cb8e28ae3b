import { moduleSource } from "../generate/module-source.js";
import type { PluginCatalog } from "../plugins.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";
import { defaultsOf } from "./defaults.js";
import { deltasOf } from "./deltas.js";
import { type Change, changeOf } from "./difference.js";
import { cut, shown } from "./shown.js";

/** What changes of the plugins: which there are, in which order, their modules and their configuration. */
export function chainChanges(one: PolicyDocument, other: PolicyDocument, catalog: PluginCatalog): Change[] {
  const [before, after] = [namesOf(one), namesOf(other)];
  const kept = other.spec.plugins.filter(({ name }) => before.includes(name));
  return [
    ...one.spec.plugins.filter(({ name }) => !after.includes(name)).map(removed),
    ...other.spec.plugins.filter(({ name }) => !before.includes(name)).map((plugin) => added(plugin, after)),
    ...moved(
      before.filter((name) => after.includes(name)),
      after.filter((name) => before.includes(name)),
    ),
    ...kept.flatMap((plugin) => {
      const earlier = one.spec.plugins.find(({ name }) => name === plugin.name)!;
      return [...moduleChanges(one, earlier, other, plugin), ...configChanges(earlier, plugin, catalog)];
    }),
  ];
}

function namesOf({ spec }: PolicyDocument): string[] {
  return spec.plugins.map(({ name }) => name);
}

function removed({ name }: PluginUse): Change {
  return { about: "chain", old: name, text: `${name} no longer runs` };
}

function added({ name, config = {} }: PluginUse, chain: readonly string[]): Change {
  const text = `${name} now runs, ${placeOf(name, chain)}, with ${cut(shown(config))}`;
  return { about: "chain", new: name, text };
}

/** Where requests meet a plugin. */
function placeOf(name: string, chain: readonly string[]): string {
  const place = chain.indexOf(name);
  if (chain.length === 1) return "alone";
  return place === 0 ? `before ${chain[1]}` : `after ${chain[place - 1]}`;
}

/** Those that stay, in another order. */
function moved(before: readonly string[], after: readonly string[]): Change[] {
  const [old, now] = [before.join(", "), after.join(", ")];
  return old === now ? [] : [{ about: "chain", old, new: now, text: `order ${old} -> ${now}` }];
}

function moduleChanges(one: PolicyDocument, earlier: PluginUse, other: PolicyDocument, plugin: PluginUse): Change[] {
  const [old, now] = [moduleSource(one, earlier, {}), moduleSource(other, plugin, {})];
  return (["url", "sha256"] as const).flatMap((key): Change[] => {
    const [before, after] = [shown(old?.[key]), shown(now?.[key])];
    const what = key === "url" ? "module" : "sha256";
    if (before === after) return [];
    return [{ about: plugin.name, path: what, old: before, new: after, text: `${what}: ${before} -> ${after}` }];
  });
}

/** Keys are told of one by one; text as a whole. */
function configChanges(earlier: PluginUse, { name, config = {} }: PluginUse, catalog: PluginCatalog): Change[] {
  const defaultOf = defaultsOf(catalog.get(name)?.schema ?? {});
  const { config: before = {} } = earlier;
  const isText = typeof before === "string" || typeof config === "string";
  const deltas = isText ? deltasOf({ config: before }, { config }) : deltasOf(before, config);
  return deltas.map((delta) => changeOf(name, delta, defaultOf));
}
