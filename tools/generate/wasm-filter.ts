import type { Failure, PolicyDocument, PluginUse } from "../policy/model.js";
import { failureOf, keysOf, reloadOf, rootIdOf } from "../policy/model.js";
import { configText } from "../trace/plugin.js";
import type { WasmCode } from "./wasm-code.js";
import { type CapabilityOptions, restriction } from "./capabilities.js";

/** An entry of `http_filters`, which is also what a `TypedExtensionConfig` has. */
export interface NamedFilter {
  name: string;
  typed_config: object;
}

/** What configures the Wasm filter. */
export const WASM_CONFIG = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

const FAILURE_POLICY: Record<Failure, string> = {
  open: "FAIL_OPEN",
  closed: "FAIL_CLOSED",
  reload: "FAIL_RELOAD",
};

/**
 * One entry of `http_filters`. The configuration travels as a StringValue: given as a Struct, Envoy hands the plugin raw
 * protobuf bytes. `vm_id` names policy and plugin, since shared data is one namespace for everything with the same id;
 * plugins that hand labels or trace contexts on to each other share one, and are told apart by their names.
 */
export function wasmHttpFilter(
  policy: PolicyDocument,
  plugin: PluginUse,
  code: WasmCode,
  options: CapabilityOptions = {},
): NamedFilter {
  const name = filterName(policy, plugin);
  const restricted = restriction(policy, plugin, options);
  return {
    name,
    typed_config: {
      "@type": WASM_CONFIG,
      config: {
        name: propagationGroup(policy, plugin) === undefined ? plugin.name : name,
        root_id: rootIdOf(plugin),
        failure_policy: FAILURE_POLICY[failureOf(policy.spec, plugin)],
        ...reloadConfig(policy, plugin),
        ...restricted.plugin,
        vm_config: { vm_id: vmId(policy, plugin), runtime: "envoy.wasm.runtime.v8", code, ...restricted.vm },
        configuration: {
          "@type": "type.googleapis.com/google.protobuf.StringValue",
          value: configText(policy, plugin),
        },
      },
    },
  };
}

/** Envoy reads nothing but the base interval of the backoff, which begins when the plugin starts. */
function reloadConfig({ spec }: PolicyDocument, plugin: PluginUse): { reload_config?: object } {
  const interval = reloadOf(spec, plugin)?.baseInterval;
  return interval === undefined ? {} : { reload_config: { backoff: { base_interval: seconds(interval) } } };
}

const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60 };

/** A policy's duration as Envoy has it. */
function seconds(duration: string): string {
  const [, number, unit = ""] = /^(\d+)(ms|s|m)$/.exec(duration) ?? [];
  return `${Number((Number(number) * (SECONDS[unit] ?? 1)).toFixed(3))}s`;
}

/** What tells a plugin's VM from others of the same code. */
export function vmId(policy: PolicyDocument, plugin: PluginUse): string {
  return propagationGroup(policy, plugin) ?? filterName(policy, plugin);
}

/** How a plugin's filter is called in Envoy: by the policy, too, since a proxy may have several. */
export function filterName(policy: PolicyDocument, plugin: PluginUse): string {
  const { name, namespace } = policy.metadata;
  return ["tidegate", namespace, name, plugin.name].filter((part) => part !== undefined).join(".");
}

/** Where a plugin's configuration names the group in which it shares what it knows with the other direction. */
const GROUPS: Record<string, string> = { canary: "lane_propagation", trace: "join" };

/** The `vm_id` of those of one group of a namespace. A slash is in no name of a filter. */
function propagationGroup(policy: PolicyDocument, plugin: PluginUse): string | undefined {
  const { name } = plugin;
  const { group } = (keysOf(plugin)[GROUPS[name] ?? ""] ?? {}) as { group?: string };
  if (group === undefined) return undefined;
  return ["tidegate", policy.metadata.namespace, `${name}/${group}`].filter((part) => part !== undefined).join(".");
}
