import { fileURLToPath } from "node:url";
import type { ModuleInterface } from "../build/check-module.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";

/** Where a proxy gets a plugin's module. */
export interface ModuleSource {
  url: string;
  /** Of the module for http and https, of the image's manifest for oci; lower-case hexadecimal. */
  sha256?: string;
}

/** A module as `tidegate build` made it. */
export interface BuiltModule extends ModuleInterface {
  /** Of the module, in lower-case hexadecimal. */
  sha256: string;
  bytes: Uint8Array;
}

/** The `moduleUrl` of modules that are part of the configuration itself. */
export const INLINE = "inline";

/** What the caller knows beyond the policy: of modules, and of what the result is for. */
export interface ModuleOptions {
  /** URL of every module; {plugin} stands for the plugin's name. Comes before what the policy says. */
  moduleUrl?: string;
  /** By the URL of a module that no hash is given of: what takes its place. */
  pins?: ReadonlyMap<string, ModuleSource>;
  /** A plugin's module as it was built here, undefined when it was not. */
  module?: (plugin: string) => BuiltModule | undefined;
  /** Version of the oldest Envoy that gets the result, such as "1.40.0"; undefined when nothing is known of it. */
  envoyVersion?: string;
  /** Likewise of Istio. */
  istioVersion?: string;
  /** Likewise of the gateway that the target is for. */
  gatewayVersion?: string;
  /** Absolute path of the folder that Envoy finds its files in, for targets of several files. */
  folder?: string;
}

/** The form of `moduleUrl`, as the policy's schema has it. */
export const MODULE_URL = /^((oci|https?):\/\/[^\s/]+\/[^\s]+|file:\/\/\/[^\s]+|inline)$/;

/**
 * Where a plugin's module comes from; undefined when nothing says so. An http source without a hash gets that of the
 * module built here, since a proxy that fetches code must know which code it wants.
 */
export function moduleSource(
  policy: PolicyDocument,
  plugin: PluginUse,
  options: ModuleOptions,
): ModuleSource | undefined {
  const template = options.moduleUrl ?? plugin.moduleUrl ?? policy.spec.moduleUrl;
  if (template === undefined) return undefined;
  const url = template.replaceAll("{plugin}", plugin.name);
  const pin = plugin.sha256 === undefined ? options.pins?.get(url) : undefined;
  if (pin) return pin;
  const sha256 = plugin.sha256 ?? (/^https?:/.test(url) ? options.module?.(plugin.name)?.sha256 : undefined);
  return { url, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** The same where `faults` have asked before. */
export function knownSource(policy: PolicyDocument, plugin: PluginUse, options: ModuleOptions): ModuleSource {
  const source = moduleSource(policy, plugin, options);
  if (!source) throw new Error(`no module of ${plugin.name}`);
  return source;
}

/** Why a URL names no module, undefined when it may. */
export function urlProblem(url: string): string | undefined {
  if (url === INLINE) return undefined;
  if (!URL.canParse(url)) return `${url} is not a URL`;
  if (!url.startsWith("file:")) return undefined;
  try {
    fileURLToPath(url);
    return undefined;
  } catch {
    return `${url} names no file`;
  }
}

/** Path of a file:// source, undefined for others. */
export function localFile(source: ModuleSource): string | undefined {
  return source.url.startsWith("file://") ? fileURLToPath(source.url) : undefined;
}
