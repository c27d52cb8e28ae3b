import type { Fault, Path } from "../policy/fault.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";
import { istioRoutes } from "../routes/istio.js";
import { runsUpstream } from "../trace/plugin.js";
import { capabilityFaults } from "./capabilities.js";
import { oneRouteFaults } from "./gateway-faults.js";
import { istioSwitchFaults, switchPatches } from "./disabled-for.js";
import { ISTIO } from "./host.js";
import { envoyFilter, managerMatch } from "./istio-listeners.js";
import { meshTracerFaults, tracerResources } from "./istio-tracer.js";
import { codeFaults } from "./module-faults.js";
import type { ModuleOptions, ModuleSource } from "./module-source.js";
import { BY_ENVOY } from "./on-failure.js";
import { ROUTER, router } from "./router-filter.js";
import { phaseFaults, type Target } from "./target.js";
import { codeOf, inlineFaults, isFetched, type WasmCode } from "./wasm-code.js";
import { wasmHttpFilter } from "./wasm-filter.js";

const FETCH_TIMEOUT = "10s";

/** Istio's EnvoyFilter, one resource a policy. Envoy itself reads or fetches the modules. */
export const istioEnvoyFilter: Target = {
  name: "istio-envoyfilter",
  about: "Istio EnvoyFilter, one for each policy",
  onFailure: BY_ENVOY,
  inKubernetes: true,
  ownsVm: true,
  host: ISTIO,
  faults: (policy, options) => [
    ...codeFaults(policy, options, inlineFaults(policy, options), fetchFaults),
    ...capabilityFaults(policy, options),
    ...oneRouteFaults(policy, "Istio"),
    ...phaseFaults(policy, "istio-envoyfilter"),
    ...istioSwitchFaults(policy),
    ...meshTracerFaults(policy, options),
  ],
  generate: (policy, options) => [...tracerResources(policy), pluginFilter(policy, options)],
  routes: istioRoutes,
};

function fetchFaults(source: ModuleSource, path: Path): Fault[] {
  if (!isFetched(source)) return [];
  if (source.url.startsWith("oci:")) {
    const remedy =
      "Give --ecds or generate istio-wasmplugin, so that Istio's agent fetches it, or use a file:// or https:// module";
    return [{ code: "TG3008", path, message: "Envoy itself cannot fetch oci:// modules", remedy }];
  }
  if (source.sha256 === undefined) {
    const remedy = "Add sha256 to the plugin, or run `tidegate build`";
    return [{ code: "TG3008", path, message: "Envoy fetches a module only with its sha256", remedy }];
  }
  const message = "Envoy calls fetching modules unstable";
  const remedy = "Give --ecds, so that Istio's agent fetches it, or use a file:// module";
  return [{ code: "TG3008", severity: "warning", path, message, remedy }];
}

function pluginFilter(policy: PolicyDocument, options: ModuleOptions): object {
  const { plugins } = policy.spec;
  return envoyFilter(policy, policy.metadata.name, (port) => [
    ...plugins.map((plugin) => patch(policy, plugin, port, options)),
    ...plugins.flatMap((plugin) => switchPatches(policy, plugin, port)),
  ]);
}

/**
 * Each filter goes right before the router, so the last one inserted is the last one in the chain. One that must run
 * after Envoy's tracer goes into the router, with which it is merged.
 */
function patch(
  policy: PolicyDocument,
  plugin: PluginUse,
  portNumber: number | undefined,
  options: ModuleOptions,
): object {
  const filter = wasmHttpFilter(policy, plugin, codeOf(policy, plugin, options, remote), options);
  return {
    applyTo: "HTTP_FILTER",
    match: managerMatch(policy, portNumber, ROUTER),
    patch: runsUpstream(policy, plugin)
      ? { operation: "MERGE", value: router([filter]) }
      : { operation: "INSERT_BEFORE", value: filter },
  };
}

/** Envoy fetches through a cluster; Istio makes the one named here for a service or ServiceEntry of that host. */
function remote(source: ModuleSource): WasmCode {
  const { hostname, port, protocol } = new URL(source.url);
  const cluster = `outbound|${port || (protocol === "https:" ? "443" : "80")}||${hostname}`;
  return { remote: { http_uri: { uri: source.url, cluster, timeout: FETCH_TIMEOUT }, sha256: source.sha256 ?? "" } };
}
