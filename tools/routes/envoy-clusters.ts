import { isIP } from "node:net";
import type { Upstream } from "../policy/model.js";

const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** A cluster of one endpoint. @param name what routes call it. */
export function upstreamCluster(upstream: Upstream, name = upstream.name): object {
  const { address, http2 } = upstream;
  return {
    name,
    type: isIP(address) ? "STATIC" : "STRICT_DNS",
    connect_timeout: "1s",
    ...(http2 ? http2Options() : {}),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(upstream) } }] }],
    },
  };
}

/** A cluster that is the first of others that has a healthy endpoint. */
export function aggregateCluster(name: string, clusters: string[]): object {
  return {
    name,
    connect_timeout: "1s",
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: {
      name: "envoy.clusters.aggregate",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig",
        clusters,
      },
    },
  };
}

/** An upstream and the decisions that it serves. */
export interface SubsetMember {
  upstream: Upstream;
  values: string[];
}

/**
 * One cluster of all upstreams, with a subset for each decision.
 * @param key of the metadata of namespace `envoy.lb` that chooses the subset.
 * @param fallback decision whose subset serves those that have no endpoint; without it such requests get a 503.
 */
export function subsetCluster(name: string, key: string, members: SubsetMember[], fallback?: string): object {
  const isStatic = members.every(({ upstream }) => isIP(upstream.address));
  const endpoints = members.map(({ upstream, values: [first, ...others] }) => ({
    endpoint: { address: socketAddress(upstream) },
    metadata: { filter_metadata: { "envoy.lb": { [key]: others.length > 0 ? [first, ...others] : first } } },
  }));
  return {
    name,
    type: isStatic ? "STATIC" : "STRICT_DNS",
    connect_timeout: "1s",
    ...(members.some(({ upstream }) => upstream.http2) ? http2Options() : {}),
    lb_subset_config: {
      subset_selectors: [{ keys: [key] }],
      ...(members.some(({ values }) => values.length > 1) ? { list_as_any: true } : {}),
      ...(fallback === undefined
        ? { fallback_policy: "NO_FALLBACK" }
        : { fallback_policy: "DEFAULT_SUBSET", default_subset: { [key]: fallback } }),
    },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] },
  };
}

/** Each cluster once: one may serve several arms, and a condition too. Others of one name stay, for rules to see. */
export function eachOnce(clusters: readonly object[]): object[] {
  return [...new Map(clusters.map((cluster) => [JSON.stringify(cluster), cluster])).values()];
}

function http2Options(): object {
  return {
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        "@type": `type.googleapis.com/${HTTP_OPTIONS}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}

function socketAddress({ address, port }: Upstream): object {
  return { socket_address: { address, port_value: port } };
}
