import { ALLOCATORS, MISSPELT_BY_SDKS } from "../build/abi.js";
import type { ModuleInterface } from "../build/check-module.js";
import { isAtLeast } from "../envoy/version.js";
import type { Fault, Path } from "../policy/fault.js";
import { capabilitiesOf, placesOf, type PluginUse, type PolicyDocument } from "../policy/model.js";
import type { ModuleOptions } from "./module-source.js";

/** From here on a VM is restricted, and that a plugin is counts as deprecated; older Envoys refuse the new field. */
const OF_VM_SINCE = "1.40.0";

/** What is known of the modules, and of the Envoy that runs them. */
export type CapabilityOptions = Pick<ModuleOptions, "module" | "moduleUrl" | "envoyVersion">;

/** The same in a plugin's configuration or in that of its VM; of both one is empty, and without a restriction both are. */
export interface Restriction {
  plugin: object;
  vm: object;
}

/**
 * What a module needs allowed to work as it is, in the order of the alphabet: what it imports, and the callbacks that it
 * exports. Envoy knows them without their WebAssembly module's name.
 */
export function capabilitiesNeeded({ imports, exports }: ModuleInterface): string[] {
  const called = imports.flatMap((name) => /^(?:env\.(?=proxy_)|wasi_\w+\.)(\w+)$/.exec(name)?.[1] ?? []);
  const offered = exports.filter((name) => /^proxy_(on|validate)_/.test(name) && !NEVER_RESTRICTED.has(name));
  return [...new Set([...called, ...offered])].sort();
}

/** The allocator is always called, and what an SDK misspells never. */
const NEVER_RESTRICTED: ReadonlySet<string> = new Set([...ALLOCATORS, ...MISSPELT_BY_SDKS]);

/** The fields that restrict a plugin to what its module needs; empty where it is not to be, or that is not known. */
export function restriction(policy: PolicyDocument, plugin: PluginUse, options: CapabilityOptions): Restriction {
  const module = restrictingModule(policy, plugin, options);
  if (!module) return { plugin: {}, vm: {} };
  const fields = { capability_restriction_config: { allowed_capabilities: allowedBy(module) } };
  return restrictsVm(options) ? { plugin: {}, vm: fields } : { plugin: fields, vm: {} };
}

/** Whether every Envoy that gets the result has the field of the VM, and makes another VM where that differs. */
export function restrictsVm({ envoyVersion }: CapabilityOptions): boolean {
  return envoyVersion !== undefined && isAtLeast(envoyVersion, OF_VM_SINCE);
}

/** What a plugin is restricted to; undefined when nothing restricts it. */
export function allowedNames(
  policy: PolicyDocument,
  plugin: PluginUse,
  options: CapabilityOptions,
): string[] | undefined {
  const module = restrictingModule(policy, plugin, options);
  return module && Object.keys(allowedBy(module));
}

function restrictingModule(
  policy: PolicyDocument,
  plugin: PluginUse,
  options: CapabilityOptions,
): ModuleInterface | undefined {
  if (capabilitiesOf(policy.spec, plugin) === "all") return undefined;
  const module = moduleAtHand(policy, plugin, options);
  return "why" in module ? undefined : module;
}

const derived = new WeakMap<ModuleInterface, Readonly<Record<string, object>>>();

/** The field's value, the same object whenever it is the same module. */
function allowedBy(module: ModuleInterface): Readonly<Record<string, object>> {
  const known = derived.get(module);
  if (known) return known;
  const allowed = Object.freeze(Object.fromEntries(capabilitiesNeeded(module).map((name) => [name, {}])));
  derived.set(module, allowed);
  return allowed;
}

/** The module as it is built here, which is taken for the one that proxies get; or why it cannot be. */
function moduleAtHand(
  { spec }: PolicyDocument,
  { name, moduleUrl = spec.moduleUrl, sha256 }: PluginUse,
  options: CapabilityOptions,
): ModuleInterface | { why: string } {
  const built = options.module?.(name);
  if (!built) return { why: `the module of ${name} is not built here` };
  const url = options.moduleUrl ?? moduleUrl ?? "";
  // Of an image the hash is that of its manifest.
  const isOther = /^https?:/.test(url) && sha256 !== undefined && sha256 !== built.sha256;
  return isOther ? { why: `the module of ${name} that is built here has another sha256` } : built;
}

/** Where a target restricts plugins: what stands in the way of that. */
export function capabilityFaults(policy: PolicyDocument, options: CapabilityOptions): Fault[] {
  return policy.spec.plugins.flatMap((plugin, i): Fault[] => {
    const said = capabilitiesOf(policy.spec, plugin);
    if (said === "all") return [];
    const path: Path = ["spec", "plugins", i, "name"];
    const module = moduleAtHand(policy, plugin, options);
    if (!("why" in module)) return []; // what Envoy has not of it is told of the module
    const message = `${module.why}, so what it needs is not known, and ${said ? "it cannot be restricted to that" : "it may call all that Envoy has"}`;
    const remedy = "Run `tidegate build` with the sources of the module that proxies get, or write capabilities: all";
    return [{ code: "TG3502", severity: said ? "error" : "warning", path, message, remedy }];
  });
}

/** Where a target cannot restrict plugins: that it is asked to. @param name what the target is called. */
export function unrestrictable({ spec }: PolicyDocument, name: string): Fault[] {
  const message = `${name} cannot restrict what plugins call`;
  const remedy = "Leave it out, which says the same where it can be done, or generate istio-envoyfilter or envoy";
  return placesOf(spec, "capabilities", "restricted").map((path) => ({
    code: "TG3501",
    path,
    at: "key",
    message,
    remedy,
  }));
}
