import { directionOf, keysOf, type PluginUse, type PolicyDocument, tracerOf } from "../policy/model.js";
import { withEachConfiguration } from "../policy/configurations.js";
import { configNode, type Node } from "../policy/node.js";

/** The configuration of the plugin trace; undefined when the policy does not use it. */
export function traceConfig(policy: PolicyDocument): Node | undefined {
  return configNode(policy, "trace");
}

/**
 * Whether a plugin runs as an upstream HTTP filter: trace does where Envoy's tracer writes headers. The router has it
 * write them before upstream filters run, after all others, so only there trace has the last word.
 */
export function runsUpstream({ spec }: PolicyDocument, { name }: PluginUse): boolean {
  return name === "trace" && tracerOf(spec) === "propagates";
}

/** What trace takes over from callers: what its configuration says, else everything, but at a gateway nothing. */
export function trustOf(policy: PolicyDocument): string {
  return traceConfig(policy)?.at("trust")?.text ?? usualTrust(policy);
}

/** At a gateway strangers call. */
function usualTrust({ spec }: PolicyDocument): string {
  return directionOf(spec) === "gateway" ? "none" : "full";
}

/**
 * The configuration that a plugin gets: the policy's own, and what trace cannot know. Envoy does not tell a plugin that
 * is configured on which side of a workload it will be, and nowhere that a listener is a gateway's. An upstream filter
 * sees the tracer's context, not the caller's.
 */
export function pluginConfig(policy: PolicyDocument, plugin: PluginUse): Record<string, unknown> {
  const config = keysOf(plugin);
  if (plugin.name !== "trace") return config;
  const isUpstream = runsUpstream(policy, plugin);
  const usual = usualTrust(policy);
  return withEachConfiguration(config, (own) => (isUpstream ? { ...own, trust: "full" } : { trust: usual, ...own }));
}

/** The same as a plugin reads it: JSON, or text that the policy has in place of keys. */
export function configText(policy: PolicyDocument, plugin: PluginUse): string {
  return typeof plugin.config === "string" ? plugin.config : JSON.stringify(pluginConfig(policy, plugin));
}
