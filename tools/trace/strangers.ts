import { type PolicyDocument, tracerOf } from "../policy/model.js";
import { runsUpstream, traceConfig, trustOf } from "./plugin.js";

/** Headers that trace takes away from callers who are not trusted, with the one that asks Envoy's tracer for a trace. */
const CONTEXT_HEADERS = [
  ...["traceparent", "tracestate"],
  ...["b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"],
  ...["uber-trace-id", "x-amzn-trace-id", "x-cloud-trace-context", "sw8", "sw8-correlation", "sw8-x"],
  ...["x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority", "x-datadog-tags", "x-datadog-origin"],
  ...["jaeger-debug-id", "x-client-trace-id", "grpc-trace-bin", "grpc-tags-bin", "x-ot-span-context"],
  ...["ot-tracer-traceid", "ot-tracer-spanid", "ot-tracer-sampled"],
];
/** Those of baggage. */
const BAGGAGE_HEADERS = ["baggage", "jaeger-baggage"];

/**
 * Whether callers' trace headers must be gone before Envoy's tracer reads them: where trace trusts nobody, and the
 * tracer, which knows no trust, would continue their traces.
 */
export function removesStrangersContext(policy: PolicyDocument): boolean {
  return tracerOf(policy.spec) !== "none" && traceConfig(policy) !== undefined && trustOf(policy) === "none";
}

/**
 * Early header mutation, which Envoy does before its tracer looks at a request. Baggage, which the tracer does not read,
 * is trace's to judge; but an upstream filter cannot tell whose it is, so there only what `baggage.allow` names remains.
 */
export function earlyRemoval(policy: PolicyDocument): object {
  const isUpstream = policy.spec.plugins.some((plugin) => runsUpstream(policy, plugin));
  const keepsBaggage = !isUpstream || traceConfig(policy)?.at("baggage")?.at("allow") !== undefined;
  const names = keepsBaggage ? CONTEXT_HEADERS : [...CONTEXT_HEADERS, ...BAGGAGE_HEADERS];
  const prefixes = keepsBaggage ? [] : ["uberctx-", "ot-baggage-"];
  return {
    name: "envoy.http.early_header_mutation.header_mutation",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
      mutations: [
        ...names.map((name) => ({ remove: name })),
        ...prefixes.map((prefix) => ({ remove_on_match: { key_matcher: { prefix } } })),
      ],
    },
  };
}
