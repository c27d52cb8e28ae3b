import type { Fault } from "../policy/fault.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";
import {
  INLINE,
  knownSource,
  localFile,
  type ModuleOptions,
  moduleSource,
  type ModuleSource,
} from "./module-source.js";

/** Where Envoy has a module's code from: the configuration, a file of its own, or a URL through one of its clusters. */
export type WasmCode = LocalCode | { remote: { http_uri: HttpUri; sha256: string } };
type LocalCode = { local: { filename: string } } | { local: { inline_bytes: string } };

interface HttpUri {
  uri: string;
  cluster: string;
  timeout: string;
}

export function isFetched(source: ModuleSource): boolean {
  return source.url !== INLINE && localFile(source) === undefined;
}

/** The code of a module that need not be fetched; undefined for others. */
function localCode(source: ModuleSource, plugin: PluginUse, options: ModuleOptions): LocalCode | undefined {
  const filename = localFile(source);
  if (filename !== undefined) return { local: { filename } };
  return source.url === INLINE ? inlineCode(plugin, options) : undefined;
}

/** The code of a plugin's module. @param remote what says where a module comes from that must be fetched. */
export function codeOf(
  policy: PolicyDocument,
  plugin: PluginUse,
  options: ModuleOptions,
  remote: (source: ModuleSource) => WasmCode,
): WasmCode {
  const source = knownSource(policy, plugin, options);
  return localCode(source, plugin, options) ?? remote(source);
}

/** A module as part of the configuration: as it is built here. */
export function inlineCode(plugin: PluginUse, { module }: Pick<ModuleOptions, "module">): LocalCode {
  const bytes = module?.(plugin.name)?.bytes ?? new Uint8Array(); // `faults` says so before
  return { local: { inline_bytes: Buffer.from(bytes).toString("base64") } };
}

/** Modules that are to be part of the configuration and are not built here. */
export function inlineFaults(policy: PolicyDocument, options: ModuleOptions): Fault[] {
  return inlinePlugins(policy, options).flatMap(({ plugin, path }): Fault[] => {
    if (options.module?.(plugin.name)) return [];
    const message = `the module of ${plugin.name} is not built here, so it cannot be put into the configuration`;
    return [{ code: "TG3008", path, message, remedy: "Run `tidegate build`, or write another moduleUrl" }];
  });
}

/** Where a target's configuration has no room for modules: that it is asked to. @param name what the target makes. */
export function noInline(policy: PolicyDocument, options: ModuleOptions, name: string): Fault[] {
  return inlinePlugins(policy, options).map(({ path }) => {
    const message = `${name} cannot hold a module`;
    const remedy = "Name where it can be fetched, or generate istio-envoyfilter or envoy";
    return { code: "TG3008", path, message, remedy };
  });
}

function inlinePlugins(
  policy: PolicyDocument,
  options: ModuleOptions,
): { plugin: PluginUse; path: (string | number)[] }[] {
  const all = policy.spec.plugins.map((plugin, i) => ({ plugin, path: ["spec", "plugins", i] }));
  return all.filter(({ plugin }) => moduleSource(policy, plugin, options)?.url === INLINE);
}
