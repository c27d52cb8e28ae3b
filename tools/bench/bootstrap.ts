const EXTENSIONS = "type.googleapis.com/envoy.extensions.filters";

/**
 * An Envoy that answers every request itself, at once: what a filter costs is a larger part of that than it is of a
 * request that goes to an upstream, and nothing else varies.
 */
export function benchBootstrap(filters: readonly object[], port: number): object {
  const socket = (port_value: number): object => ({ socket_address: { address: "127.0.0.1", port_value } });
  const router = { name: "router", typed_config: { "@type": `${EXTENSIONS}.http.router.v3.Router` } };
  const answer = { match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "ok" } } };
  return {
    node: { id: "bench", cluster: "bench" },
    admin: { address: socket(0) },
    static_resources: {
      listeners: [
        {
          name: "bench",
          address: socket(port),
          filter_chains: [
            {
              filters: [
                {
                  name: "http",
                  typed_config: {
                    "@type": `${EXTENSIONS}.network.http_connection_manager.v3.HttpConnectionManager`,
                    stat_prefix: "bench",
                    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [answer] }] },
                    http_filters: [...filters, router],
                  },
                },
              ],
            },
          ],
        },
      ],
    },
  };
}
