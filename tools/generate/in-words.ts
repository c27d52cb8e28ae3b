import {
  capabilitiesOf,
  failureOf,
  type PluginUse,
  type PolicyDocument,
  policyLabel,
  reloadOf,
} from "../policy/model.js";
import { runsUpstream } from "../trace/plugin.js";
import { allowedNames } from "./capabilities.js";
import type { ModuleOptions } from "./module-source.js";
import type { Target } from "./target.js";
import { sharedVms } from "./shared-vm.js";

/**
 * In words: which plugins requests pass in which order, what a failure of each comes to on a target, what each may call,
 * and which share a VM.
 */
export function inWords(policies: readonly PolicyDocument[], target: Target, options: ModuleOptions): string {
  const shared = sharedVms(policies, target, options);
  const each = policies.map((policy) => policyInWords(policy, target, options, shared));
  return `${each.join("")}Each VM is there once on each worker thread of an Envoy, and once on its main thread.\n`;
}

type Shared = ReturnType<typeof sharedVms>;

function policyInWords(policy: PolicyDocument, target: Target, options: ModuleOptions, shared: Shared): string {
  const { plugins } = policy.spec;
  const names = (isMeant: (plugin: PluginUse) => boolean): string[] => plugins.filter(isMeant).map(({ name }) => name);
  const upstream = names((plugin) => runsUpstream(policy, plugin));
  const order = [...names((plugin) => !runsUpstream(policy, plugin)), "the router", ...upstream].join(", ");
  const { name, command = name } = target;
  return [
    `${policyLabel(policy)} as ${command}`,
    `  order         ${order}`,
    ...plugins.flatMap((plugin) => [
      `  ${plugin.name}`,
      `    failure     ${failure(policy, plugin, target)}`,
      `    may call    ${mayCall(policy, plugin, target, options)}`,
      `    VM          ${shared({ policy, plugin })}`,
    ]),
    "",
  ].join("\n");
}

function failure(policy: PolicyDocument, plugin: PluginUse, target: Target): string {
  const what = failureOf(policy.spec, plugin);
  const words = `${what}: ${target.onFailure[what] ?? ""}`;
  if (what !== "reload") return words;
  const least = reloadOf(policy.spec, plugin)?.baseInterval ?? "1s";
  return `${words}, ${least} to one and a half of that after its last start`;
}

function mayCall(policy: PolicyDocument, plugin: PluginUse, target: Target, options: ModuleOptions): string {
  if (!target.ownsVm) return `all that Envoy has: ${target.name} cannot restrict it`;
  if (capabilitiesOf(policy.spec, plugin) === "all") return "all that Envoy has, as the policy says";
  const names = allowedNames(policy, plugin, options);
  if (!names) return "all that Envoy has: its module is not known here";
  const hash = options.module?.(plugin.name)?.sha256.slice(0, 12);
  return `what the module built here needs (sha256 ${hash}...): ${names.join(", ")}`;
}
