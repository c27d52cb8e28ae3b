import { failureOf, type PolicyDocument } from "../policy/model.js";

const WASM = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
/** What Istio's agent puts in the place of a module that it cannot fetch: without rules it lets everything pass. */
const RBAC = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";

/**
 * An entry of `http_filters` whose configuration comes by itself, under the same name, and changes without a new listener.
 * Where plugins fail open, requests pass while Envoy has no configuration that it takes; otherwise they get a 500.
 * @param source a `config_source`: where the configuration comes from.
 */
export function discoveredFilter(policy: PolicyDocument, name: string, source: object): object {
  return {
    name,
    config_discovery: {
      config_source: source,
      type_urls: [WASM, RBAC],
      ...(failureOf(policy.spec) === "open" ? { default_config: { "@type": RBAC } } : {}),
    },
  };
}
