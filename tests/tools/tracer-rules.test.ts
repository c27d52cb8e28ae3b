import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { envoy } from "../../tools/generate/envoy.js";
import { istioEnvoyFilter } from "../../tools/generate/istio-envoyfilter.js";
import { istioWasmPlugin } from "../../tools/generate/istio-wasmplugin.js";
import type { Target } from "../../tools/generate/target.js";
import type { Fault } from "../../tools/policy/fault.js";
import type { EnvoySettings, PolicyDocument, PolicySpec, Tracer } from "../../tools/policy/model.js";
import { ruleFaults } from "../../tools/policy/rules.js";
import { tracerFaults } from "../../tools/trace/tracer-rules.js";
import { sameRouterFaults } from "../../tools/trace/same-router.js";

const APP = { name: "app", address: "127.0.0.1", port: 81 };
const COLLECTOR = { name: "otel", address: "127.0.0.1", port: 82 };
const TRACED: EnvoySettings = {
  tracing: { provider: "opentelemetry", upstream: "otel" },
  upstreams: [APP, COLLECTOR],
};
const MODULE_URL = "file:///{plugin}.wasm";

function policy(tracer: Tracer | undefined, config: object = {}, spec: Partial<PolicySpec> = {}): PolicyDocument {
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "shop" },
    spec: {
      workload: { labels: { app: "shop" } },
      moduleUrl: MODULE_URL,
      plugins: [{ name: "trace", config: { ...config } }],
      ...(tracer ? { tracer } : {}),
      envoy: TRACED,
      ...spec,
    },
  };
}

/** "place severity code", what lies in trace's configuration by its own path. */
function short(faults: readonly Fault[]): string[] {
  return faults.map(({ path, severity, code }) => {
    const place = path.join(".").replace(/^spec\.plugins\.0\.config\.?/, "").replace(/^spec\./, "/"); // prettier-ignore
    return `${place} ${severity ?? "error"} ${code}`;
  });
}

const rules = (...given: Parameters<typeof policy>): string[] => short(tracerFaults(policy(...given)));

describe("rules of trace beside Envoy's tracer", () => {
  it("find nothing wrong with any tracer and trace as it is by default", () => {
    for (const tracer of ["reports", "propagates"] as const) {
      assert.deepEqual(rules(tracer), []);
      assert.deepEqual(short(ruleFaults(policy(tracer), [])), []);
    }
    assert.deepEqual(short(ruleFaults(policy("none", {}, { envoy: { upstreams: [APP] } }), [])), []);
  });

  it("find nothing wrong with any setting where there is no tracer", () => {
    const config = { trust: "sampled-only", span: "new", join: { mode: "outbound" }, sampling: { percent: 1 } };
    assert.deepEqual(rules("none", config, { envoy: {} }), []);
    assert.deepEqual(rules(undefined, config, { envoy: {} }), []);
  });

  it("refuse half a trust that the tracer would break, and warn where only its spans do", () => {
    assert.deepEqual(rules("propagates", { trust: "sampled-only" }), ["trust error TG3205"]);
    assert.deepEqual(rules("reports", { trust: "sampled-only" }), ["trust warning TG3205"]);
    for (const trust of ["none", "full"]) assert.deepEqual(rules("propagates", { trust }), []);
  });

  it("refuse to join what the tracer has started already", () => {
    assert.deepEqual(rules("propagates", { join: { mode: "outbound" } }), ["join error TG3205"]);
    assert.deepEqual(rules("propagates", { join: { mode: "inbound" } }), []);
    assert.deepEqual(rules("reports", { join: { mode: "outbound" } }), []);
  });

  it("refuse spans of which an upstream filter would see no end", () => {
    const spans = { cluster: "otel" };
    assert.deepEqual(rules("propagates", { spans }), ["spans error TG3205"]);
    assert.deepEqual(rules("reports", { spans }), []);
  });

  it("warn of decisions that the tracer has made before", () => {
    const sampling = { percent: 1, per_second: 2, force: {}, paths: [], threshold: false };
    const warned = (...keys: string[]): string[] => keys.map((key) => `sampling.${key} warning TG3205`);
    assert.deepEqual(rules("propagates", { sampling }), warned("percent", "paths", "per_second"));
    for (const continued of ["keep", "never"]) {
      assert.deepEqual(rules("propagates", { sampling: { percent: 1, continued } }), warned("percent"));
    }
    assert.deepEqual(rules("propagates", { sampling: { ...sampling, continued: "ratio" } }), warned("per_second"));
    assert.deepEqual(rules("reports", { sampling }), []);
  });

  it("warn of parents that are not the span that Envoy reports", () => {
    assert.deepEqual(rules("propagates", { span: "new" }), ["span warning TG3205"]);
    assert.deepEqual(rules("propagates", { span: "pass" }), []);
    assert.deepEqual(rules("propagates", { extract: ["b3", "tracecontext"] }), ["extract.0 warning TG3205"]);
    assert.deepEqual(rules("propagates", { extract: ["tracecontext", "b3"] }), []);
    assert.deepEqual(rules("reports", { span: "new", extract: ["b3"] }), []);
  });

  it("want plain Envoy's tracer to be used, and to have an upstream of its own", () => {
    const warned = ["/envoy.tracing warning TG3204"];
    assert.deepEqual(rules("none"), warned);
    assert.deepEqual(rules(undefined), warned);
    const tracing = { provider: "zipkin", upstream: "zip" } as const;
    const lost = ["/envoy.tracing.upstream error TG3204"];
    assert.deepEqual(rules("reports", {}, { envoy: { tracing, upstreams: [APP] } }), lost);
    assert.deepEqual(rules("reports", {}, { envoy: { tracing } }), lost);
    const conditional = { ...COLLECTOR, name: "zip", when: { header: "x", exact: "1" } };
    assert.deepEqual(rules("reports", {}, { envoy: { tracing, upstreams: [APP, conditional] } }), lost);
  });

  it("keep requests away from where spans go", () => {
    const found = short(ruleFaults(policy("reports", {}, { envoy: { ...TRACED, upstreams: [COLLECTOR, APP] } }), []));
    assert.deepEqual(found, []);
    const spans = { cluster: "otel" };
    const envoySettings = { upstreams: [COLLECTOR, APP] };
    assert.deepEqual(short(ruleFaults(policy("none", { spans }, { envoy: envoySettings }), [])), []);
    assert.deepEqual(short(ruleFaults(policy("none", {}, { envoy: envoySettings }), [])), [
      "/envoy.upstreams.1 error TG3009",
    ]);
  });

  it("say nothing of a policy without trace", () => {
    const plugins = [{ name: "canary", config: { default: "v1", rules: [] } }];
    assert.deepEqual(rules("propagates", {}, { plugins }), []);
    assert.deepEqual(ofTarget(istioWasmPlugin, "propagates", { plugins }), []);
    assert.deepEqual(ofTarget(istioWasmPlugin, undefined, { plugins }), []);
  });
});

describe("policies that run trace as an upstream filter", () => {
  const one = policy("propagates");
  const and = (tracer: Tracer, spec: Partial<PolicySpec>): string[] => {
    const [first, ...others] = sameRouterFaults([one, policy(tracer, {}, spec)]);
    assert.deepEqual(first, []);
    return short(others.flat());
  };
  const workload = (labels: Record<string, string>): Partial<PolicySpec> => ({ workload: { labels } });

  it("are refused where they meet in one router, in whatever order", () => {
    const refused = ["/tracer error TG3207"];
    assert.deepEqual(and("propagates", {}), refused);
    assert.deepEqual(and("propagates", workload({ app: "shop", version: "1" })), refused);
    assert.deepEqual(and("propagates", { workload: undefined!, allowNamespaceWide: true }), refused);
    assert.deepEqual(and("propagates", { attach: { ports: [80] } }), refused);
  });

  it("may be several for different traffic", () => {
    assert.deepEqual(and("reports", {}), []);
    assert.deepEqual(and("propagates", workload({ app: "other" })), []);
    assert.deepEqual(and("propagates", { attach: { direction: "outbound" } }), []);
    assert.deepEqual(and("propagates", { plugins: [{ name: "canary" }] }), []);
    const ports = (...numbers: number[]): PolicyDocument => policy("propagates", {}, { attach: { ports: numbers } });
    assert.deepEqual(sameRouterFaults([ports(80, 81), ports(82)]).flat(), []);
    assert.deepEqual(short(sameRouterFaults([ports(80, 81), ports(81)]).flat()), ["/tracer error TG3207"]);
    const elsewhere = { ...one, metadata: { name: "shop", namespace: "other" } };
    assert.deepEqual(sameRouterFaults([one, elsewhere]).flat(), []);
    const gateway = (name: string): PolicyDocument => policy("propagates", {}, { workload: undefined!, gateway: { name } }); // prettier-ignore
    assert.deepEqual(sameRouterFaults([gateway("a"), gateway("b")]).flat(), []);
    assert.deepEqual(short(sameRouterFaults([gateway("a"), gateway("a")]).flat()), ["/tracer error TG3207"]);
  });
});

function ofTarget(
  target: Target,
  tracer: Tracer | undefined,
  spec: Partial<PolicySpec> = {},
  envoyVersion?: string,
): string[] {
  const options = { moduleUrl: MODULE_URL, module: modulesIn(), ...(envoyVersion ? { envoyVersion } : {}) };
  return short(target.faults(policy(tracer, {}, spec), options));
}

describe("a target, of a policy with a tracer", () => {
  it("refuses to put trace where the tracer writes over it", () => {
    assert.deepEqual(ofTarget(istioWasmPlugin, "propagates"), ["/tracer error TG3201"]);
    assert.deepEqual(ofTarget(istioEnvoyFilter, "propagates"), []);
    assert.deepEqual(ofTarget(envoy, "propagates"), []);
    for (const target of [istioWasmPlugin, istioEnvoyFilter, envoy]) assert.deepEqual(ofTarget(target, "none"), []);
  });

  it("of Istio warns where nothing says whether the mesh traces", () => {
    assert.deepEqual(ofTarget(istioWasmPlugin, undefined), ["/plugins warning TG3203"]);
    assert.deepEqual(ofTarget(istioEnvoyFilter, undefined), ["/plugins warning TG3203"]);
    assert.deepEqual(ofTarget(envoy, undefined), []);
  });

  it("refuses a silent tracer for an Envoy that has none, and warns where it does not know", () => {
    for (const target of [istioWasmPlugin, istioEnvoyFilter, envoy]) {
      assert.deepEqual(ofTarget(target, "reports"), ["/tracer warning TG3202"]);
      assert.deepEqual(ofTarget(target, "reports", {}, "1.37.9"), ["/tracer error TG3202"]);
      assert.deepEqual(ofTarget(target, "reports", {}, "1.38.0"), []);
    }
    assert.deepEqual(ofTarget(envoy, "propagates", {}, "1.36.0"), []);
  });

  it("of plain Envoy wants to know the tracer", () => {
    const spec = { envoy: { upstreams: [APP] } };
    assert.deepEqual(ofTarget(envoy, "propagates", spec), ["/tracer error TG3204"]);
    assert.deepEqual(ofTarget(istioEnvoyFilter, "propagates", spec), []);
  });
});
