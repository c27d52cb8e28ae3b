import { isIPv6 } from "node:net";
import { type EnvoyTracing, type PolicyDocument, tracerOf } from "../policy/model.js";
import { removesStrangersContext } from "../trace/strangers.js";

const EXPORT_TIMEOUT = "1s";

/** `tracing` of an HTTP connection manager of plain Envoy; undefined where there is no tracer, or none described. */
export function envoyTracing(policy: PolicyDocument): object | undefined {
  const tracer = tracerOf(policy.spec);
  const tracing = policy.spec.envoy?.tracing;
  if (tracer === "none" || !tracing) return undefined;
  return {
    provider: tracing.provider === "zipkin" ? zipkin(tracing) : openTelemetry(tracing, policy),
    random_sampling: { value: tracing.percent ?? 100 },
    ...(removesStrangersContext(policy) ? { client_sampling: { value: 0 } } : {}),
    ...(tracer === "reports" ? { no_context_propagation: true } : {}),
  };
}

function openTelemetry(tracing: EnvoyTracing, policy: PolicyDocument): object {
  const { upstream, path = "/v1/traces", service = policy.metadata.name } = tracing;
  const uri = `http://${hostOf(upstream, policy)}${path}`;
  return {
    name: "envoy.tracers.opentelemetry",
    typed_config: {
      "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
      http_service: { http_uri: { uri, cluster: upstream, timeout: EXPORT_TIMEOUT } },
      service_name: service,
    },
  };
}

/** What spans are addressed to: the upstream's address, or its name where the rules have found it missing. */
function hostOf(upstream: string, { spec }: PolicyDocument): string {
  const address = spec.envoy?.upstreams?.find(({ name }) => name === upstream)?.address ?? upstream;
  return isIPv6(address) ? `[${address}]` : address;
}

/** Envoy's spans are called after the node's cluster here, which is the policy's name. */
function zipkin({ upstream, path = "/api/v2/spans" }: EnvoyTracing): object {
  return {
    name: "envoy.tracers.zipkin",
    typed_config: {
      "@type": "type.googleapis.com/envoy.config.trace.v3.ZipkinConfig",
      collector_cluster: upstream,
      collector_endpoint: path,
      collector_endpoint_version: "HTTP_JSON",
      trace_id_128bit: true,
      shared_span_context: false,
      trace_context_option: "USE_B3_WITH_W3C_PROPAGATION",
    },
  };
}
