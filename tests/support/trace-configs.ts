import fc from "fast-check";
import type { TraceConfig } from "./trace.js";
import type { SamplingConfig, SamplingPath } from "./trace-oracle-sampling.js";

// Configurations that the plugin must accept, near what people write.

const READABLE = ["tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "datadog", "google", "skywalking"];
const WRITABLE = READABLE.filter((name) => name !== "skywalking");

const formats = (names: readonly string[]): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.subarray([...names], { maxLength: 3 }).chain((all) => fc.shuffledSubarray(all, { minLength: all.length })) }, // prettier-ignore
    { weight: 1, arbitrary: fc.shuffledSubarray([...names]) },
    { weight: 1, arbitrary: fc.constant<string[]>(["tracecontext", "baggage"]) },
  );

const percent = fc.oneof(fc.constantFrom(0, 100, 50, 12.5, 99.99, 0.01), fc.integer({ min: 0, max: 100 }));
const perSecond = fc.constantFrom(0.01, 1, 5, 1000, 1_000_000);
const continued = fc.constantFrom<("keep" | "never" | "ratio")[]>("keep", "keep", "never", "ratio");

const path: fc.Arbitrary<SamplingPath> = fc
  .record(
    {
      path: fc.constantFrom({ prefix: "/healthz" }, { exact: "/cart" }, { suffix: "/v1" }, { template: "/api/{rest}" }),
      continued,
      percent,
      per_second: perSecond,
    },
    { requiredKeys: ["path"] },
  )
  .map((rule) => (Object.keys(rule).length > 1 ? rule : { ...rule, percent: 0 }));

const sampling: fc.Arbitrary<SamplingConfig> = fc.record(
  {
    continued,
    percent,
    per_second: perSecond,
    force: fc.record(
      {
        header: fc.constantFrom("x-trace", "x-a", "uberctx-tenant", "baggage"),
        values: fc.constantFrom(["1"], ["1", "2"]),
      },
      { requiredKeys: ["header"] },
    ),
    paths: fc.array(path, { minLength: 1, maxLength: 3 }),
    threshold: fc.boolean(),
  },
  { requiredKeys: [] },
);

const names = fc.uniqueArray(fc.constantFrom("user.*", "tenant", "internal.*", "other", "user.id", "*"), {
  minLength: 1,
  maxLength: 3,
});
const baggage = fc.record(
  {
    allow: names,
    deny: names,
    max_members: fc.constantFrom(1, 2, 64, 180),
    max_bytes: fc.constantFrom(64, 200, 8192),
    max_member_bytes: fc.constantFrom(16, 100, 4096),
  },
  { requiredKeys: [] },
);

/** Good configurations without joins and spans, whose tests are their own. */
export const traceConfigurations: fc.Arbitrary<TraceConfig> = fc
  .record(
    {
      trust: fc.constantFrom<("full" | "none" | "sampled-only")[]>("full", "full", "full", "none", "sampled-only"),
      start: fc.constantFrom(true, true, false),
      extract: formats(READABLE),
      inject: formats(WRITABLE),
      span: fc.constantFrom<("pass" | "new")[]>("pass", "pass", "new"),
      tracestate_key: fc.constantFrom("acme", "k0", "t@v"),
      sampling,
      baggage,
      access_log: fc.boolean(),
      response: fc.record(
        { trace_id: fc.constant("x-trace-id"), traceresponse: fc.boolean(), server_timing: fc.boolean() },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  // Most that can go wrong goes wrong with callers who are trusted.
  .map((config) =>
    config.trust === undefined && config.start !== false ? { ...config, trust: "full" as const } : config,
  )
  .map(({ tracestate_key: key, ...config }) =>
    config.span === "new" && key !== undefined ? { ...config, tracestate_key: key } : config,
  );

const join = fc.record(
  {
    mode: fc.constantFrom("inbound", "outbound"),
    group: fc.constantFrom("shop", "a-1"),
    by: fc.subarray(["x-request-id", "x-session", "authorization", "cookie"], { minLength: 1 }),
    ttl: fc.constantFrom("1s", "60s", "5m"),
    entries: fc.constantFrom(16, 16, 100),
  },
  { requiredKeys: ["mode", "group"] },
);
const spans = fc.record(
  {
    cluster: fc.constant("otel-collector"),
    authority: fc.constant("otel-collector.ops"),
    service_name: fc.constantFrom("reviews", 'B\u00fccher "\\'),
    path: fc.constant("/otlp/v1/traces"),
    kind: fc.constantFrom("server", "client"),
    headers: fc.constantFrom({}, { "x-scope-orgid": "main" }),
    max_queue: fc.constantFrom(1, 16, 1024),
    max_batch: fc.constantFrom(1, 16, 256),
    timeout: fc.constantFrom("100ms", "5s"),
    resource: fc.constantFrom({}, { "deployment.environment": "prod" }),
  },
  { requiredKeys: ["cluster", "authority", "service_name"] },
);

/** Good configurations with all there is. */
export const allTraceConfigurations: fc.Arbitrary<TraceConfig> = fc
  .tuple(traceConfigurations, fc.option(join, { nil: undefined }), fc.option(spans, { nil: undefined }))
  .map(([config, joins, sends]) => ({
    ...config,
    ...(joins ? { join: joins } : {}),
    ...(sends ? { span: "new" as const, spans: sends } : {}),
  }));
