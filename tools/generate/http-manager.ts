/** The network filter that HTTP filters run in: by which name Envoy, and Istio with it, know it, and its configuration. */
export const HTTP_MANAGER = "envoy.filters.network.http_connection_manager";
export const HTTP_MANAGER_CONFIG =
  "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
