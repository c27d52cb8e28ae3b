import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Finding } from "../errors.js";
import { isObject } from "../is-object.js";
import type { PluginCatalog } from "../plugins.js";
import { configurationsWithin } from "../policy/configurations.js";
import { type Fault, isPrefix, type Path } from "../policy/fault.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";
import { encodeIds } from "./encode.js";
import { IdList } from "./id-list.js";
import type { ListFiles } from "./list-files.js";

/** A written list with more ids than these travels encoded; shorter ones can be read in what is generated. */
const WRITTEN_OUT = 100;

export interface Resolved {
  /** The policy with `encoded` in place of files and long lists. */
  policy: PolicyDocument;
  /** What is wrong in the policy, by path. */
  faults: Fault[];
  /** What is wrong in the lists' files. */
  findings: Finding[];
}

/** A policy, where it was read, and what is wrong with it. */
export interface ToResolve {
  policy: PolicyDocument;
  /** What messages call its file, and the folder that paths in it start from. */
  file: string;
  folder: string;
  faults: readonly Fault[];
}

/**
 * Reads the files of a policy's lists. Which keys of a plugin's configuration are lists its schema says: those whose
 * values are its definition `id_list`. A list in the policy with a fault stays as it is. Never throws for files that cannot be read.
 */
export async function resolveLists(source: ToResolve, catalog: PluginCatalog, files: ListFiles): Promise<Resolved> {
  const resolver = new Resolver(source, files);
  const all = async (uses: readonly PluginUse[], path: Path): Promise<PluginUse[]> => {
    const plugins: PluginUse[] = [];
    for (const [i, plugin] of uses.entries())
      plugins.push(await resolver.plugin(plugin, listKeys(catalog.get(plugin.name)?.schema), [...path, i]));
    return plugins;
  };
  const { rollout, ...spec } = source.policy.spec;
  const plugins = await all(spec.plugins, ["spec", "plugins"]);
  const stable = rollout && { plugins: await all(rollout.stable.plugins, ["spec", "rollout", "stable", "plugins"]) };
  const staged = rollout && stable ? { rollout: { ...rollout, stable } } : {};
  const { faults, findings } = resolver;
  return { policy: { ...source.policy, spec: { ...spec, plugins, ...staged } }, faults, findings };
}

class Resolver {
  readonly faults: Fault[] = [];
  readonly findings: Finding[] = [];

  constructor(
    private readonly source: ToResolve,
    private readonly files: ListFiles,
  ) {}

  async plugin(plugin: PluginUse, keys: readonly string[], path: Path): Promise<PluginUse> {
    const base = [...path, "config"];
    let config: unknown = plugin.config;
    for (const { config: own, path: place } of configurationsWithin(plugin.config, base)) {
      for (const key of keys) {
        const lists = own[key];
        if (!isObject(lists)) continue;
        const resolved = await this.lists(lists, [...place, key]);
        config = withValue(config, [...place.slice(base.length), key], resolved);
      }
    }
    return config === plugin.config ? plugin : { ...plugin, config: config as Record<string, unknown> };
  }

  private async lists(lists: Record<string, unknown>, path: Path): Promise<object> {
    const resolved: [string, unknown][] = [];
    for (const [name, list] of Object.entries(lists)) resolved.push([name, await this.list(list, [...path, name])]);
    return Object.fromEntries(resolved);
  }

  private async list(list: unknown, path: Path): Promise<unknown> {
    if (!isObject(list) || this.source.faults.some((fault) => isPrefix(path, fault.path))) return list;
    if (typeof list["file"] === "string") return await this.file(list["file"], [...path, "file"]);
    const { ids } = list;
    return (Array.isArray(ids) && ids.length > WRITTEN_OUT ? written(ids) : undefined) ?? list;
  }

  private async file(name: string, path: Path): Promise<object> {
    const shown = isAbsolute(name) ? name : join(dirname(this.source.file), name);
    const { list, fault } = await this.files.read(shown, resolve(this.source.folder, name), this.findings);
    if (fault) this.faults.push({ ...fault, path });
    return list;
  }
}

/** A copy with another value at a path that there is. */
function withValue(within: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(within)) return within.map((item, i) => (i === Number(step) ? withValue(item, rest, value) : item));
  const members = within as Record<string, unknown>;
  return { ...members, [step]: withValue(members[step], rest, value) };
}

/** The list encoded; undefined when it has something that is no id, which the plugin then says with its place. */
function written(ids: readonly unknown[]): object | undefined {
  const list = new IdList();
  const isGood = ids.every((id) => typeof list.add(String(id)) === "string");
  return isGood ? { encoded: encodeIds(list) } : undefined;
}

/** Keys of a plugin's configuration that hold lists by name. */
function listKeys(schema: Record<string, unknown> | undefined): string[] {
  const properties = Object.entries((schema?.["properties"] ?? {}) as Record<string, unknown>);
  return properties.filter(([, value]) => isMapOfLists(value, schema ?? {})).map(([key]) => key);
}

function isMapOfLists(property: unknown, schema: Record<string, unknown>): boolean {
  const { $ref } = property as { $ref?: string };
  const definitions = (schema["$defs"] ?? {}) as Record<string, unknown>;
  const value = $ref?.startsWith("#/$defs/") ? definitions[$ref.slice("#/$defs/".length)] : property;
  const { additionalProperties } = (value ?? {}) as { additionalProperties?: { $ref?: string } };
  return additionalProperties?.$ref === "#/$defs/id_list";
}
