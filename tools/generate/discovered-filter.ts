import { failureOf, type PluginUse, type PolicyDocument } from "../policy/model.js";
import { filterName, WASM_CONFIG } from "./wasm-filter.js";

/** What Istio's agent puts in the place of a module that it cannot fetch: without rules it lets everything pass. */
const RBAC = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";

/**
 * A plugin's entry of `http_filters` whose configuration comes by itself, under the same name, and changes without a new
 * listener. Where the plugin fails open, requests pass while Envoy has no configuration that it takes; otherwise they get
 * a 500.
 * @param source a `config_source`: where the configuration comes from.
 */
export function discoveredFilter(policy: PolicyDocument, plugin: PluginUse, source: object): object {
  return {
    name: filterName(policy, plugin),
    config_discovery: {
      config_source: source,
      type_urls: [WASM_CONFIG, RBAC],
      ...(failureOf(policy.spec, plugin) === "open" ? { default_config: { "@type": RBAC } } : {}),
    },
  };
}
