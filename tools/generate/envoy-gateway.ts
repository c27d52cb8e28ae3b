import type { Fault, Path } from "../policy/fault.js";
import { failureOf, type PluginUse, type PolicyDocument, rootIdOf } from "../policy/model.js";
import { gatewayApi } from "../routes/gateway-api.js";
import { pluginConfig } from "../trace/plugin.js";
import { unrestrictable } from "./capabilities.js";
import { gatewayFaults, lacking } from "./gateway-faults.js";
import { noSwitches } from "./disabled-for.js";
import { ENVOY_GATEWAY } from "./host.js";
import { resourceMetadata } from "./istio-resource.js";
import { unsaidTracer } from "./istio-tracer.js";
import { codeFaults } from "./module-faults.js";
import { knownSource, localFile, type ModuleOptions, type ModuleSource } from "./module-source.js";
import { BY_ENVOY_GATEWAY } from "./on-failure.js";
import type { Claim, Target } from "./target.js";
import { noText } from "./text-config.js";
import { noInline } from "./wasm-code.js";

/** Envoy Gateway's EnvoyExtensionPolicy, one for each policy. Envoy Gateway fetches the modules for its Envoys. */
export const envoyGateway: Target = {
  name: "envoy-gateway",
  about: "Envoy Gateway EnvoyExtensionPolicy, one for each policy",
  onFailure: BY_ENVOY_GATEWAY,
  inKubernetes: true,
  host: ENVOY_GATEWAY,
  faults: (policy, options) => [
    ...gatewayFaults(policy, "Envoy Gateway"),
    ...unrestrictable(policy, "Envoy Gateway"),
    ...targetFaults(policy),
    ...noSwitches(policy, "Envoy Gateway"),
    ...codeFaults(policy, options, noInline(policy, options, "an EnvoyExtensionPolicy"), unfetched),
    ...noText(policy, "Envoy Gateway hands configurations on as JSON"),
    ...unsaidTracer(policy),
  ],
  generate: (policy, options) => [extensionPolicy(policy, options)],
  claim,
  routes: gatewayApi,
};

/** Gateways are selected by name there, and their plugins run at one place of the chain. */
function targetFaults({ spec }: PolicyDocument): Fault[] {
  const faults: Fault[] = [];
  if (spec.gateway?.labels) {
    const remedy = "Write gateway: { name: ... }, or generate istio-wasmplugin";
    faults.push(lacking(["spec", "gateway", "labels"], "Envoy Gateway knows no labels of a gateway's pods", remedy));
  }
  const phase = spec.attach?.phase ?? "last";
  if (phase !== "last") {
    const message = `Envoy Gateway has one place for plugins, which is not before ${phase}`;
    faults.push(lacking(["spec", "attach", "phase"], message, "Leave phase out, or generate istio-wasmplugin"));
  }
  return faults;
}

function unfetched(source: ModuleSource, path: Path): Fault[] {
  if (localFile(source) === undefined) return [];
  const message = "Envoy Gateway fetches modules, and reads none from files";
  const remedy = "Use an oci:// or https:// module, or generate istio-envoyfilter";
  return [{ code: "TG3008", path, message, remedy }];
}

/** Of two policies for the same object Envoy Gateway takes the older one and refuses the other. */
function claim(policy: PolicyDocument): Claim {
  const { kind, name } = targetRef(policy);
  return {
    key: [policy.metadata.namespace, kind, name].join("/"),
    message: `Envoy Gateway takes one EnvoyExtensionPolicy for the ${kind} ${name}`,
    remedy: "Put the plugins of both into one policy",
  };
}

function targetRef({ spec }: PolicyDocument): { group: string; kind: string; name: string } {
  const { httpRoute, name = "" } = spec.gateway ?? {};
  const object = httpRoute === undefined ? { kind: "Gateway", name } : { kind: "HTTPRoute", name: httpRoute };
  return { group: "gateway.networking.k8s.io", ...object };
}

function extensionPolicy(policy: PolicyDocument, options: ModuleOptions): object {
  const { spec, metadata } = policy;
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyExtensionPolicy",
    metadata: resourceMetadata(policy, metadata.name),
    spec: { targetRefs: [targetRef(policy)], wasm: spec.plugins.map((plugin) => wasm(policy, plugin, options)) },
  };
}

/** Envoy Gateway gives each a `vm_id` of its own, and hands the configuration on as text. */
function wasm(policy: PolicyDocument, plugin: PluginUse, options: ModuleOptions): object {
  return {
    name: plugin.name,
    rootID: rootIdOf(plugin),
    code: code(policy, plugin, options),
    failOpen: failureOf(policy.spec, plugin) === "open",
    config: pluginConfig(policy, plugin),
  };
}

function code(policy: PolicyDocument, plugin: PluginUse, options: ModuleOptions): object {
  const source = knownSource(policy, plugin, options);
  if (!source.url.startsWith("oci://")) return { type: "HTTP", http: source };
  return { type: "Image", image: { ...source, url: source.url.slice("oci://".length) } };
}
