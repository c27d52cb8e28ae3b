import type { Fault } from "../policy/fault.js";
import { type PluginUse, type PolicyDocument, policyLabel } from "../policy/model.js";
import { allowedNames, restrictsVm } from "./capabilities.js";
import { type ModuleOptions, moduleSource } from "./module-source.js";
import type { Target } from "./target.js";
import { vmId } from "./wasm-filter.js";

/** A plugin, as one policy uses it. */
export interface OfPolicy {
  policy: PolicyDocument;
  plugin: PluginUse;
}

/** Plugins of several policies that run in one VM where a proxy has several of those policies, in the order given. */
function vmGroups(policies: readonly PolicyDocument[], target: Target, options: ModuleOptions): OfPolicy[][] {
  const groups = new Map<string, OfPolicy[]>();
  for (const policy of policies) {
    for (const plugin of policy.spec.plugins) {
      const key = vmKey({ policy, plugin }, target, options);
      const group = groups.get(key);
      if (group) group.push({ policy, plugin });
      else groups.set(key, [{ policy, plugin }]);
    }
  }
  return [...groups.values()];
}

/** Plugins of the same code and `vm_id` share a VM. Istio and Higress write none, Envoy Gateway one for each plugin. */
function vmKey({ policy, plugin }: OfPolicy, target: Target, options: ModuleOptions): string {
  const code = moduleSource(policy, plugin, options)?.url ?? plugin.name;
  const id = target.ownsVm ? vmId(policy, plugin) : target.name === "envoy-gateway" ? ownId(policy, plugin) : "";
  return `${id} ${code}`;
}

function ownId(policy: PolicyDocument, plugin: PluginUse): string {
  return `${policyLabel(policy)}/${plugin.name}`;
}

/** Says of each plugin which VM it has, and with whom. */
export function sharedVms(
  policies: readonly PolicyDocument[],
  target: Target,
  options: ModuleOptions,
): (one: OfPolicy) => string {
  const words = new Map<PluginUse, string>();
  for (const group of vmGroups(policies, target, options)) {
    for (const one of group) words.set(one.plugin, vmInWords(one, group, target));
  }
  return ({ plugin }) => words.get(plugin) ?? "";
}

function vmInWords({ policy, plugin }: OfPolicy, group: readonly OfPolicy[], target: Target): string {
  const others = group.filter((other) => other.plugin !== plugin);
  const called = others.map((other) => `${other.plugin.name} of ${policyLabel(other.policy)}`).join(", ");
  if (target.ownsVm) return `vm_id ${vmId(policy, plugin)}, ${called === "" ? "its own" : `with ${called}`}`;
  if (target.name === "envoy-gateway") return "its own, by a vm_id that Envoy Gateway gives it";
  return `no vm_id: with every plugin of the same module${called === "" ? "" : `, so with ${called}`}`;
}

/** Policies that share a VM and restrict it differently: before Envoy 1.40 the first to start decides for both. */
export function vmFaults(
  policies: readonly PolicyDocument[],
  target: Target,
  options: ModuleOptions,
): { policy: PolicyDocument; fault: Fault }[] {
  if (!target.ownsVm || restrictsVm(options)) return [];
  return vmGroups(policies, target, options).flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return [];
    const restricted = ({ policy, plugin }: OfPolicy): boolean => allowedNames(policy, plugin, options) !== undefined;
    const different = others.filter((other) => restricted(other) !== restricted(first));
    return different.map(({ policy, plugin }) => {
      const path = ["spec", "plugins", policy.spec.plugins.indexOf(plugin), "name"];
      const shared = `${plugin.name} has one VM with that of ${policyLabel(first.policy)}`;
      const message = `${shared}, and only one of the two is restricted in what it calls`;
      const remedy = "Give both the same capabilities, or --envoy-version 1.40.0, from where on these are two VMs";
      return { policy, fault: { code: "TG3504", path, message, remedy } };
    });
  });
}
