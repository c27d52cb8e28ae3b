import { wasmPriority } from "../chain/place.js";
import type { Fault } from "../policy/fault.js";
import { failureOf, type PluginUse, type PolicyDocument } from "../policy/model.js";
import { gatewayApi } from "../routes/gateway-api.js";
import { pluginConfig } from "../trace/plugin.js";
import { unrestrictable } from "./capabilities.js";
import { gatewayFaults, lacking, oneRouteFaults } from "./gateway-faults.js";
import { noSwitches } from "./disabled-for.js";
import { higressConfig } from "./higress-rules.js";
import { HIGRESS } from "./host.js";
import { resourceMetadata } from "./istio-resource.js";
import { unsaidTracer } from "./istio-tracer.js";
import { PHASE, pluginName } from "./istio-wasmplugin.js";
import { sourceFaults } from "./module-faults.js";
import { type ModuleOptions, moduleSource } from "./module-source.js";
import { BY_HIGRESS } from "./on-failure.js";
import type { Claim, Target } from "./target.js";
import { noText } from "./text-config.js";
import { noInline } from "./wasm-code.js";

/** Labels that Higress gives its gateway's pods; an installation may have other values. */
const GATEWAY_LABELS = ["app", "higress"];

/** Higress's WasmPlugin, one for each plugin. */
export const higress: Target = {
  name: "higress",
  about: "Higress WasmPlugin, one for each plugin",
  onFailure: BY_HIGRESS,
  inKubernetes: true,
  host: HIGRESS,
  hasPhases: true,
  faults: (policy, options) => [
    ...gatewayFaults(policy, "Higress"),
    ...unrestrictable(policy, "Higress"),
    ...oneRouteFaults(policy, "Higress"),
    ...ownGateway(policy),
    ...noSwitches(policy, "Higress"),
    ...sourceFaults(policy, options),
    ...noInline(policy, options, "a WasmPlugin"),
    ...noText(policy, "a WasmPlugin has its configuration as keys"),
    ...unsaidTracer(policy),
  ],
  generate: (policy, options) => policy.spec.plugins.map((plugin, index) => wasmPlugin(policy, plugin, index, options)),
  claim,
  routes: gatewayApi,
};

/** A WasmPlugin has no selector there. */
function ownGateway({ spec }: PolicyDocument): Fault[] {
  const { name, labels = {} } = spec.gateway ?? {};
  const other = name === undefined ? Object.keys(labels).find((label) => !GATEWAY_LABELS.includes(label)) : "name";
  if (other === undefined) return [];
  const path = ["spec", "gateway", ...(name === undefined ? ["labels", other] : ["name"])];
  const message = "Higress runs plugins in its own gateway, whichever is named";
  return [lacking(path, message, "Write gateway: { labels: { app: higress-gateway } }, or generate istio-wasmplugin")];
}

/** Higress keeps WasmPlugins by name, of whatever namespace. */
function claim({ metadata }: PolicyDocument): Claim {
  return {
    key: metadata.name,
    message: "Higress tells WasmPlugins of two namespaces apart by their names only",
    remedy: "Give one of the policies another name",
  };
}

function wasmPlugin(policy: PolicyDocument, plugin: PluginUse, index: number, options: ModuleOptions): object {
  const { spec, metadata } = policy;
  return {
    apiVersion: "extensions.higress.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: resourceMetadata(policy, `${metadata.name}-${plugin.name}`),
    spec: {
      ...moduleSource(policy, plugin, options),
      ...pluginName(plugin),
      phase: PHASE[spec.attach?.phase ?? "last"],
      priority: wasmPriority(policy, index),
      failStrategy: failureOf(spec, plugin) === "open" ? "FAIL_OPEN" : "FAIL_CLOSE",
      ...higressConfig(pluginConfig(policy, plugin)),
    },
  };
}
