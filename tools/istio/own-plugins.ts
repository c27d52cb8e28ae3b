import { isObject } from "../is-object.js";
import type { PluginCatalog } from "../plugins.js";
import type { Node } from "../policy/node.js";
import { patchesOf } from "./envoy-filter.js";
import { down, type Resource } from "./resource.js";
import { typedIn } from "./typed-config.js";
import { isWasm } from "./wasm-config.js";
import { fieldAt, fieldDown } from "./wasm-message.js";

/** One of our plugins as a resource loads it. */
export interface Loaded {
  plugin: string;
  /** Its configuration as an object; undefined where there is none, or what is there is no JSON object. */
  config: Record<string, unknown> | undefined;
  /** Where the configuration stands: as an object, or as the text that holds it. */
  place: Node;
  /** Whether the configuration is a text, within which no place can be shown. */
  isText: boolean;
}

/** Our plugins that a resource loads: by the name of the plugin, and a module that is called like it. */
export function loadedPlugins(resource: Resource, catalog: PluginCatalog): Loaded[] {
  const inObjects = OBJECTS[resource.kind]?.(resource.spec) ?? [];
  const values = patchesOf(resource).map((patch) => down(patch, "patch", "value"));
  const typed = values.flatMap((value) => (value ? typedIn(value).typed : [])).filter(isWasm);
  const inFilters = typed.flatMap(({ message }) => inFilter(fieldAt(message, "config")));
  return [...inObjects, ...inFilters].filter(
    ({ plugin, module }) => catalog.has(plugin) && (module === undefined || isOurs(module, plugin)),
  );
}

interface Named extends Loaded {
  /** Path or URL of the module; undefined when it cannot be told. */
  module: string | undefined;
}

/** ratelimit.wasm, and images whose name has the plugin's or ours in it; any when nothing is said. */
function isOurs(module: string, plugin: string): boolean {
  const name = module.replace(/@.*$/, "").toLowerCase();
  return name.includes("tidegate") || new RegExp(`(^|[/._-])${plugin}([:._-][^/]*)?$`).test(name);
}

/** Kinds that have configurations as objects. */
const OBJECTS: Record<string, ((spec: Node) => Named[]) | undefined> = {
  WasmPlugin: (spec) =>
    named(spec.at("pluginName"), spec.at("pluginConfig") ?? spec.at("defaultConfig"), spec, spec.at("url")),
  TrafficExtension: (spec) => {
    const wasm = spec.at("wasm");
    return wasm ? named(wasm.at("pluginName"), wasm.at("pluginConfig"), wasm, wasm.at("url")) : [];
  },
  EnvoyExtensionPolicy: (spec) =>
    (spec.at("wasm")?.items() ?? []).flatMap((one) => named(one.at("rootID"), one.at("config"), one, codeOf(one))),
};

function codeOf(wasm: Node): Node | undefined {
  return down(wasm, "code", "image", "url") ?? down(wasm, "code", "http", "url");
}

function named(name: Node | undefined, config: Node | undefined, around: Node, url: Node | undefined): Named[] {
  if (name?.text === undefined) return [];
  const value = config?.value;
  const object = config === undefined ? {} : isObject(value) ? value : undefined;
  return [{ plugin: name.text, config: object, place: config ?? around, isText: false, module: url?.text }];
}

function inFilter(config: Node | undefined): Named[] {
  const name = fieldAt(config, "root_id");
  const configuration = fieldAt(config, "configuration");
  const text = configuration?.at("value");
  if (!config || name?.text === undefined) return [];
  const code = fieldDown(config, "vm_config", "code");
  const module = fieldDown(code, "local", "filename") ?? fieldDown(code, "remote", "http_uri", "uri");
  const place = text ?? configuration ?? config;
  const object = configuration === undefined ? {} : objectIn(text?.text);
  return [{ plugin: name.text, config: object, place, isText: true, module: module?.text }];
}

function objectIn(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
