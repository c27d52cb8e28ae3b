import { wasmPriority } from "../chain/place.js";
import { isAtLeast } from "../envoy/version.js";
import type { Fault } from "../policy/fault.js";
import { failureOf, type PluginUse, type PolicyDocument } from "../policy/model.js";
import { pluginConfig } from "../trace/plugin.js";
import { resourceMetadata, selector } from "./istio-resource.js";
import { tracerResources } from "./istio-tracer.js";
import {
  extensionFaults,
  FAIL_STRATEGY,
  istioWasmPlugin,
  PHASE,
  pluginName,
  trafficMatch,
} from "./istio-wasmplugin.js";
import { type ModuleOptions, moduleSource } from "./module-source.js";
import type { Target } from "./target.js";

/** istio.io/latest/blog/2026/traffic-extension-api */
const SINCE = "1.30.0";

/** Istio's TrafficExtension, one resource a plugin: what a WasmPlugin is, which Istio turns into one. */
export const istioTrafficExtension: Target = {
  ...istioWasmPlugin,
  name: "istio-trafficextension",
  about: `Istio TrafficExtension, one for each plugin; Istio ${SINCE} or newer`,
  faults: (policy, options) => [...tooOld(options), ...extensionFaults(policy, options, "TrafficExtension")],
  generate: (policy, options) => [
    ...tracerResources(policy),
    ...policy.spec.plugins.map((plugin, index) => trafficExtension(policy, plugin, index, options)),
  ],
};

function tooOld({ istioVersion }: ModuleOptions): Fault[] {
  if (istioVersion === undefined || isAtLeast(istioVersion, SINCE)) return [];
  const message = `Istio ${istioVersion} has no TrafficExtension`;
  const remedy = `Use Istio ${SINCE} or newer, or generate istio-wasmplugin`;
  return [{ code: "TG3014", path: ["spec", "plugins"], at: "key", message, remedy }];
}

function trafficExtension(policy: PolicyDocument, plugin: PluginUse, index: number, options: ModuleOptions): object {
  const { spec, metadata } = policy;
  const { phase = "last" } = spec.attach ?? {};
  return {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "TrafficExtension",
    metadata: resourceMetadata(policy, `${metadata.name}-${plugin.name}`),
    spec: {
      ...selector(policy),
      ...trafficMatch(policy),
      ...(phase === "last" ? {} : { phase: PHASE[phase] }),
      priority: wasmPriority(policy, index),
      wasm: {
        ...moduleSource(policy, plugin, options),
        ...pluginName(plugin),
        failStrategy: FAIL_STRATEGY[failureOf(spec, plugin)],
        pluginConfig: pluginConfig(policy, plugin),
      },
    },
  };
}
