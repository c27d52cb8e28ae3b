const EXTENSIONS = "type.googleapis.com/envoy.extensions.filters";
/** More than there ever are: Envoy's circuit breakers would be a limiter of their own. */
const UNBOUNDED = 1_000_000;

/** An Envoy between the load and the upstream that gives up a request after the deadline, with status 504. */
export function overloadBootstrap(
  filters: readonly object[],
  { listener, upstream, deadlineMs }: { listener: number; upstream: number; deadlineMs: number },
): object {
  const address = (port_value: number): object => ({ socket_address: { address: "127.0.0.1", port_value } });
  const most = ["max_connections", "max_pending_requests", "max_requests"].map((name) => [name, UNBOUNDED]);
  const route = { cluster: "upstream", timeout: `${deadlineMs / 1000}s` };
  const router = { name: "router", typed_config: { "@type": `${EXTENSIONS}.http.router.v3.Router` } };
  const manager = {
    "@type": `${EXTENSIONS}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "overload",
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route }] }] },
    http_filters: [...filters, router],
  };
  return {
    node: { id: "overload", cluster: "overload" },
    admin: { address: address(0) },
    static_resources: {
      listeners: [
        {
          name: "overload",
          address: address(listener),
          filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
        },
      ],
      clusters: [
        {
          name: "upstream",
          type: "STATIC",
          circuit_breakers: { thresholds: [Object.fromEntries(most)] },
          load_assignment: {
            cluster_name: "upstream",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(upstream) } }] }],
          },
        },
      ],
    },
  };
}
