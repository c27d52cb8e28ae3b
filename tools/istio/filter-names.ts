/** Names of HTTP filters that istiod itself puts into a chain, in some mesh or other. */
export const ISTIO_HTTP_FILTERS: readonly string[] = [
  ...[
    ...["router", "cors", "fault", "grpc_stats", "grpc_web", "jwt_authn", "rbac", "ext_authz", "stateful_session"],
    ...["composite", "grpc_http1_bridge", "ext_proc", "dynamic_forward_proxy", "lua", "compressor", "ratelimit"],
    ...["local_ratelimit", "wasm", "health_check", "buffer", "csrf", "golang", "set_filter_state", "connect_authority"],
  ].map((name) => `envoy.filters.http.${name}`),
  ...["istio.metadata_exchange", "istio.alpn", "istio.stats", "istio_authn", "istio.peer_metadata"],
  ...["waypoint_downstream_peer_metadata", "waypoint_upstream_peer_metadata"],
];

/** Those of network filters. */
export const HTTP_MANAGER = "envoy.filters.network.http_connection_manager";
export const ISTIO_NETWORK_FILTERS: readonly string[] = [
  ...[HTTP_MANAGER, "istio.metadata_exchange", "istio.stats"],
  ...[
    "tcp_proxy",
    "rbac",
    "ext_authz",
    "sni_cluster",
    "redis_proxy",
    "mongo_proxy",
    "mysql_proxy",
    "wasm",
    "ratelimit",
  ].map((name) => `envoy.filters.network.${name}`),
  ...[
    "local_ratelimit",
    "connection_limit",
    "set_filter_state",
    "forward_downstream_sni",
    "sni_dynamic_forward_proxy",
  ].map((name) => `envoy.filters.network.${name}`),
];

/** Filters under a resource's own name. */
const EXTENSION = /^extensions\.istio\.io\//;

export function isExtension(name: string): boolean {
  return EXTENSION.test(name);
}

/** The names that filters had before, as Envoy and Istio spelt them until 2020; istiod compares names as they are now. */
export const DEPRECATED: ReadonlyMap<string, string> = new Map(
  [
    ...["buffer", "cors", "csrf", "ext_authz", "fault", "grpc_http1_bridge", "grpc_json_transcoder", "grpc_web"],
    ...["gzip", "health_check", "ip_tagging", "lua", "router", "squash"],
  ]
    .map((name): [string, string] => [`envoy.${name}`, `envoy.filters.http.${name}`])
    .concat([
      ["envoy.http_dynamo_filter", "envoy.filters.http.dynamo"],
      ["envoy.rate_limit", "envoy.filters.http.ratelimit"],
      ["envoy.ratelimit", "envoy.filters.network.ratelimit"],
      ["envoy.http_connection_manager", HTTP_MANAGER],
      ...["client_ssl_auth", "mongo_proxy", "redis_proxy", "tcp_proxy"].map((name): [string, string] => [
        `envoy.${name}`,
        `envoy.filters.network.${name}`,
      ]),
    ]),
);
