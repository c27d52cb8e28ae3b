import { wasmPriority } from "../chain/place.js";
import type { Fault } from "../policy/fault.js";
import {
  type Failure,
  failureOf,
  type Phase,
  placesOf,
  type PluginUse,
  type PolicyDocument,
  rootIdOf,
} from "../policy/model.js";
import { istioRoutes } from "../routes/istio.js";
import { pluginConfig, runsUpstream } from "../trace/plugin.js";
import { unrestrictable } from "./capabilities.js";
import { oneRouteFaults } from "./gateway-faults.js";
import { noSwitches } from "./disabled-for.js";
import { ISTIO } from "./host.js";
import { directionMode, resourceMetadata, selector } from "./istio-resource.js";
import { meshTracerFaults, tracerResources } from "./istio-tracer.js";
import { sourceFaults } from "./module-faults.js";
import { type ModuleOptions, moduleSource } from "./module-source.js";
import { WITH_AGENT } from "./on-failure.js";
import type { Target } from "./target.js";
import { noText } from "./text-config.js";
import { noInline } from "./wasm-code.js";

export const FAIL_STRATEGY: Record<Failure, string> = {
  open: "FAIL_OPEN",
  closed: "FAIL_CLOSE",
  reload: "FAIL_RELOAD",
};
export const PHASE: Record<Phase, string> = {
  authn: "AUTHN",
  authz: "AUTHZ",
  stats: "STATS",
  last: "UNSPECIFIED_PHASE",
};

/** Istio's WasmPlugin, one resource a plugin. Istio's agent fetches the module. */
export const istioWasmPlugin: Target = {
  name: "istio-wasmplugin",
  about: "Istio WasmPlugin, one for each plugin",
  onFailure: WITH_AGENT,
  inKubernetes: true,
  host: ISTIO,
  hasPhases: true,
  faults: (policy, options) => extensionFaults(policy, options, "WasmPlugin"),
  generate: (policy, options) => [
    ...tracerResources(policy),
    ...policy.spec.plugins.map((plugin, index) => wasmPlugin(policy, plugin, index, options)),
  ],
  routes: istioRoutes,
};

/** What Istio's own resources for plugins cannot express. @param kind of the resource. */
export function extensionFaults(
  policy: PolicyDocument,
  options: ModuleOptions,
  kind: "WasmPlugin" | "TrafficExtension",
): Fault[] {
  const one = `a ${kind}`;
  return [
    ...sourceFaults(policy, options),
    ...noInline(policy, options, one),
    ...noText(policy, `${one} has its configuration as keys`),
    ...unrestrictable(policy, one),
    ...unsetBackoff(policy, one),
    ...oneRouteFaults(policy, "Istio"),
    ...overwritten(policy, one),
    ...noSwitches(policy, `istio-${kind.toLowerCase()}`),
    ...meshTracerFaults(policy, options),
  ];
}

/** They have no field for it. */
function unsetBackoff({ spec }: PolicyDocument, one: string): Fault[] {
  const message = `${one} cannot say how soon a plugin starts anew, which is after a second`;
  const remedy = "Leave reload out, or generate istio-envoyfilter";
  return placesOf(spec, "reload").map((path) => ({ code: "TG3503", path, at: "key", message, remedy }));
}

/** The plugin is put before the router, which then has the tracer write its headers. */
function overwritten(policy: PolicyDocument, one: string): Fault[] {
  if (!policy.spec.plugins.some((plugin) => runsUpstream(policy, plugin))) return [];
  const message = `Envoy's tracer writes its headers after ${one} has run, over what trace writes`;
  const remedy = "Generate istio-envoyfilter, which runs trace after the tracer, or write tracer: reports";
  return [{ code: "TG3201", path: ["spec", "tracer"], message, remedy }];
}

/** Within a phase Istio runs the plugin of the higher priority first. */
function wasmPlugin(policy: PolicyDocument, plugin: PluginUse, index: number, options: ModuleOptions): object {
  const { spec, metadata } = policy;
  return {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: resourceMetadata(policy, `${metadata.name}-${plugin.name}`),
    spec: {
      ...selector(policy),
      ...moduleSource(policy, plugin, options),
      ...pluginName(plugin),
      phase: PHASE[spec.attach?.phase ?? "last"],
      priority: wasmPriority(policy, index),
      failStrategy: FAIL_STRATEGY[failureOf(spec, plugin)],
      ...trafficMatch(policy),
      pluginConfig: pluginConfig(policy, plugin),
    },
  };
}

/** Istio lets proxies start a plugin that it has no name for by an empty one, and takes no empty name. */
export function pluginName(plugin: PluginUse): { pluginName?: string } {
  const name = rootIdOf(plugin);
  return name === "" ? {} : { pluginName: name };
}

/** Gateways match by port alone. */
export function trafficMatch(policy: PolicyDocument): { match?: object[] } {
  const ports = policy.spec.attach?.ports?.map((number) => ({ number }));
  const match = { ...directionMode(policy), ...(ports ? { ports } : {}) };
  return Object.keys(match).length > 0 ? { match: [match] } : {};
}
