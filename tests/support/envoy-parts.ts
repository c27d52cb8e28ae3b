// Parts of Envoy configurations that tests write themselves, since the generator makes none such.

export const type = (name: string) => ({ "@type": `type.googleapis.com/${name}` });

export const socket = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });

/** A whole configuration; the admin interface takes a free port. */
export function bootstrapOf(listeners: readonly object[], clusters: readonly object[]): object {
  return { admin: { address: socket(0) }, static_resources: { listeners, clusters } };
}

export interface ListenerParts {
  name: string;
  port: number;
  /** Of the HTTP manager; the router comes after them. */
  filters: readonly object[];
  routes: readonly object[];
  /** Further settings of the HTTP manager. */
  manager?: object;
  /** Further settings of the listener. */
  listener?: object;
}

/** Connections go to the workers in turn. */
export const BALANCED = { connection_balance_config: { exact_balance: {} } };

/** A listener for HTTP, whose routes are of every host. */
export function httpListener({ name, port, filters, routes, manager, listener }: ListenerParts): object {
  const router = { name: "router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") };
  const typed_config = {
    ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: name,
    route_config: { name: `${name}-routes`, virtual_hosts: [{ name: "all", domains: ["*"], routes }] },
    http_filters: [...filters, router],
    ...manager,
  };
  return {
    name,
    address: socket(port),
    filter_chains: [{ filters: [{ name: "http", typed_config }] }],
    ...listener,
  };
}

/** A cluster of one endpoint. @param protocol such as `{ http2_protocol_options: {} }`; HTTP/1 when absent. */
export function cluster(name: string, port: number, protocol?: object): object {
  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  return {
    name,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }] },
    ...(protocol && {
      typed_extension_protocol_options: { [options]: { ...type(options), explicit_http_config: protocol } },
    }),
  };
}
