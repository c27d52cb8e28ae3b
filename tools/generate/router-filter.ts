/** By which the router is found in a chain. */
export const ROUTER = "envoy.filters.http.router";

/**
 * The filter that sends requests on, the last of a chain.
 * @param upstream filters that run after it has chosen an endpoint and Envoy's tracer has written its headers, once for
 *   each attempt, in every cluster that has no such chain of its own.
 */
export function router(upstream: readonly object[]): object {
  return {
    name: ROUTER,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
      ...(upstream.length > 0 ? { upstream_http_filters: [...upstream, upstreamCodec()] } : {}),
    },
  };
}

/** Ends a chain of upstream filters, as the router ends the other one. */
function upstreamCodec(): object {
  return {
    name: "envoy.filters.http.upstream_codec",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
    },
  };
}
