import type { Fault, Path } from "../policy/fault.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";
import { istioRoutes } from "../routes/istio.js";
import { runsUpstream } from "../trace/plugin.js";
import { capabilityFaults } from "./capabilities.js";
import { discoveredFilter } from "./discovered-filter.js";
import { lacking, oneRouteFaults } from "./gateway-faults.js";
import { istioSwitchFaults, switchPatches } from "./disabled-for.js";
import { ISTIO } from "./host.js";
import { envoyFilter, managerMatch } from "./istio-listeners.js";
import { meshTracerFaults, tracerResources } from "./istio-tracer.js";
import { codeFaults } from "./module-faults.js";
import type { ModuleOptions, ModuleSource } from "./module-source.js";
import { WITH_AGENT } from "./on-failure.js";
import { ROUTER } from "./router-filter.js";
import { phaseFaults, type Target } from "./target.js";
import { codeOf, inlineFaults, isFetched, type WasmCode } from "./wasm-code.js";
import { wasmHttpFilter } from "./wasm-filter.js";

const FETCH_TIMEOUT = "30s";
/** Istiod sends the configurations with the listeners; a listener waits for them, however long that takes. */
const FROM_ISTIOD = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" };

/**
 * Istio's EnvoyFilter whose filters get their configuration by ECDS, which passes through Istio's agent: it fetches the
 * modules, as it does those of a WasmPlugin, and hands Envoy files.
 */
export const istioEcds: Target = {
  name: "istio-envoyfilter-ecds",
  command: "istio-envoyfilter --ecds",
  about: "Istio EnvoyFilter whose modules Istio's agent fetches",
  onFailure: WITH_AGENT,
  inKubernetes: true,
  ownsVm: true,
  host: ISTIO,
  faults: (policy, options) => [
    ...codeFaults(policy, options, inlineFaults(policy, options), unnamed),
    ...capabilityFaults(policy, options),
    ...oneRouteFaults(policy, "Istio"),
    ...phaseFaults(policy, "istio-envoyfilter"),
    ...istioSwitchFaults(policy),
    ...upstreamFaults(policy),
    ...meshTracerFaults(policy, options),
  ],
  generate: (policy, options) => [...tracerResources(policy), extensionFilter(policy, options)],
  routes: istioRoutes,
};

function unnamed(source: ModuleSource, path: Path): Fault[] {
  if (!isFetched(source) || digest(source) !== undefined) return [];
  const isImage = source.url.startsWith("oci:");
  const message = `Envoy's configuration names the code of a module by its ${isImage ? "image's digest" : "sha256"}`;
  const remedy = isImage
    ? "Add @sha256:... to the image's URL, or sha256 to the plugin, or generate istio-wasmplugin"
    : "Add sha256 to the plugin, or run `tidegate build`";
  return [{ code: "TG3008", path, message, remedy }];
}

/** In the router there is no filter that could take the place of one that cannot be had. */
function upstreamFaults(policy: PolicyDocument): Fault[] {
  if (!policy.spec.plugins.some((plugin) => runsUpstream(policy, plugin))) return [];
  const message = "with --ecds trace cannot run after Envoy's tracer";
  return [lacking(["spec", "tracer"], message, "Generate istio-envoyfilter without --ecds, or write tracer: reports")];
}

/** The patches in the order of the plugins: the last filter inserted is the nearest to the router. */
function extensionFilter(policy: PolicyDocument, options: ModuleOptions): object {
  const { plugins, attach } = policy.spec;
  const configurations = plugins.map((plugin) => configuration(policy, plugin, options));
  return envoyFilter(policy, policy.metadata.name, (port) => [
    ...(port === attach?.ports?.[0] ? configurations : []),
    ...plugins.map((plugin) => place(policy, plugin, port)),
    ...plugins.flatMap((plugin) => switchPatches(policy, plugin, port)),
  ]);
}

/** What istiod answers when a proxy of the policy asks for the filter's configuration. */
function configuration(policy: PolicyDocument, plugin: PluginUse, options: ModuleOptions): object {
  const { context } = managerMatch(policy, undefined);
  const value = wasmHttpFilter(policy, plugin, codeOf(policy, plugin, options, remote), options);
  return { applyTo: "EXTENSION_CONFIG", match: { context }, patch: { operation: "ADD", value } };
}

function place(policy: PolicyDocument, plugin: PluginUse, port: number | undefined): object {
  const value = discoveredFilter(policy, plugin, FROM_ISTIOD);
  const match = managerMatch(policy, port, ROUTER);
  return { applyTo: "HTTP_FILTER", match, patch: { operation: "INSERT_BEFORE", value } };
}

/** The agent takes this for an order to fetch; no cluster is used. */
function remote(source: ModuleSource): WasmCode {
  return {
    remote: { http_uri: { uri: source.url, cluster: "_", timeout: FETCH_TIMEOUT }, sha256: digest(source) ?? "" },
  };
}

/** Of the module for http and https, of the image's manifest for oci. */
function digest({ url, sha256 }: ModuleSource): string | undefined {
  return sha256 ?? (url.startsWith("oci:") ? /@sha256:([0-9a-f]{64})$/.exec(url)?.[1] : undefined);
}
