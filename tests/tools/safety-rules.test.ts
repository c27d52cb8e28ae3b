// Rules about headers, workers, modules and metadata of policies, each in both directions.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stringify } from "yaml";
import { findingsOf, PolicyChecker } from "../../tools/validate/policies.js";
import { validateFiles } from "../../tools/validate/validate-files.js";

const ANY = { type: "object" };
const PLUGINS = ["trace", "ratelimit", "canary"];
const catalog = new Map(PLUGINS.map((name) => [name, { name, folder: name, schema: ANY, ownSchema: ANY }]));
const checker = new PolicyChecker(catalog);

interface Given {
  spec?: object;
  metadata?: object;
}

function policy(plugins: Record<string, object>, { spec = {}, metadata = {} }: Given = {}): string {
  const uses = Object.entries(plugins).map(([name, config]) => ({ name, config }));
  return stringify({
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "reviews", namespace: "shop", ...metadata },
    spec: { workload: { labels: { app: "reviews" } }, attach: { direction: "outbound" }, plugins: uses, ...spec },
  });
}

/** Severity, code and the text at the place of each finding of the rules that are tested here. */
function found(...texts: string[]): string[] {
  const text = texts.join("---\n");
  const findings = findingsOf(checker.check([{ file: "p", text }]));
  const ours = findings.filter(({ code }) => code >= "TG3016" && code <= "TG3021");
  const lines = text.split("\n");
  return ours.map(({ severity, code, line, column }) => `${severity} ${code} ${lines[line - 1]!.slice(column - 1)}`);
}

describe("headers that plugins write", () => {
  const header = (plugin: "canary" | "lane" | "debug" | "shadow" | "answer", name: string): string[] => {
    const by = {
      canary: { canary: { decision_header: name } },
      lane: { canary: { lane_propagation: { header: name } } },
      debug: { canary: { debug: { response_header: name } } },
      shadow: { ratelimit: { response: { shadow_header: name } } },
      answer: { ratelimit: { response: { headers: [{ name, value: "a" }] } } },
    };
    return found(policy(by[plugin]));
  };

  it("are none that Envoy, clients or servers go by", () => {
    for (const plugin of ["canary", "lane", "shadow"] as const) {
      for (const name of ["x-envoy-retry-on", "x-request-id", "x-forwarded-for", "cookie", "authorization", "b3"])
        assert.deepEqual(header(plugin, name), [`error TG3017 ${name}`]);
      for (const name of ["x-canary-arm", "x-user", "location"]) assert.deepEqual(header(plugin, name), []);
    }
    for (const name of ["x-envoy-a", "content-type", "server", "etag"])
      assert.deepEqual(header("debug", name), [`error TG3017 ${name}`]);
    assert.deepEqual(header("debug", "cookie"), []);
  });

  it("may be a server's in answers of a plugin's own, but not Envoy's", () => {
    assert.deepEqual(header("answer", "cache-control"), []);
    assert.deepEqual(header("answer", "server"), ["error TG3017 server"]);
  });

  it("are of one plugin", () => {
    const shadow = (name: string): object => ({ response: { shadow_header: name } });
    const both = { canary: { decision_header: "x-a" }, ratelimit: shadow("x-a") };
    assert.deepEqual(found(policy(both)), ["error TG3018 x-a"]);
    assert.deepEqual(found(policy({ canary: {}, ratelimit: shadow("x-canary") })), ["error TG3018 x-canary"]);
    assert.deepEqual(found(policy({ ratelimit: shadow("x-canary"), canary: {} })), ["error TG3018 x-canary"]);
    assert.deepEqual(found(policy({ canary: {}, ratelimit: shadow("x-b") })), []);
    assert.deepEqual(found(policy({ canary: { debug: { response_header: "x-a" } }, ratelimit: shadow("x-a") })), []);
    const response = { canary: { debug: { response_header: "x-t" } }, trace: { response: { trace_id: "x-t" } } };
    assert.deepEqual(found(policy(response)), ["error TG3018 x-t"]);
  });

  it("are of one plugin in settings and in the stable side of a rollout, too", () => {
    const settings = [{ name: "a", match: { ports: [80] }, config: { response: { shadow_header: "x-canary" } } }];
    assert.deepEqual(found(policy({ canary: {}, ratelimit: { settings } })), ["error TG3018 x-canary"]);
  });

  it("are of one plugin over policies that one request may meet", () => {
    const limits = { ratelimit: { response: { shadow_header: "x-canary" } } };
    const second = (given: Given): string => policy(limits, { metadata: { name: "limits" }, ...given });
    assert.deepEqual(found(policy({ canary: {} }), second({})), ["error TG3018 x-canary"]);
    const elsewhere = { spec: { workload: { labels: { app: "ratings" } } } };
    assert.deepEqual(found(policy({ canary: {} }), second(elsewhere)), []);
    assert.deepEqual(found(policy({ canary: {} }), second({ spec: { attach: { direction: "inbound" } } })), []);
  });
});

describe("limits for several workers", () => {
  const limited = (config: object, spec: object = {}): string[] => found(policy({ ratelimit: config }, { spec }));

  it("let each worker have a request in flight", () => {
    const most = (max_limit: number): object => ({ concurrency: { max_limit } });
    assert.deepEqual(limited(most(1)), ["warning TG3019 1"]);
    assert.deepEqual(limited(most(2)), []);
    assert.deepEqual(limited(most(7), { workers: 8 }), ["error TG3019 7"]);
    assert.deepEqual(limited(most(8), { workers: 8 }), []);
    assert.deepEqual(limited(most(1), { workers: 1 }), []);
  });

  it("keep the burst whatever workers lease", () => {
    const lease = (size: number): object => ({ rules: [{ lease: size, quota: { requests: 10, per: "second" } }] });
    assert.deepEqual(limited(lease(12)), ["warning TG3019 12"]);
    assert.deepEqual(limited(lease(11)), []);
    assert.deepEqual(limited(lease(11), { workers: 3 }), ["error TG3019 11"]);
    assert.deepEqual(limited(lease(1), { workers: 64 }), []);
  });

  it("leave a request to each proxy that shares a quota", () => {
    const shared = (replicas: number): object => ({ rules: [{ quota: { requests: 5, per: "second", replicas } }] });
    assert.deepEqual(limited(shared(6)), ["warning TG3019 6"]);
    assert.deepEqual(limited(shared(5)), []);
  });
});

describe("images of modules", () => {
  const image = (moduleUrl: string): string[] =>
    found(policy({ trace: {} }, { spec: { moduleUrl } })).map((line) => line.slice(0, line.lastIndexOf(" ")));
  const digest = `sha256:${"0a".repeat(32)}`;

  it("have a digest, or at least a tag", () => {
    assert.deepEqual(image("oci://registry.example:5000/{plugin}"), ["warning TG3020"]);
    assert.deepEqual(image("oci://registry.example/{plugin}:latest"), ["warning TG3020"]);
    assert.deepEqual(image("oci://registry.example:5000/{plugin}:0.1.0"), []);
    assert.deepEqual(image(`oci://registry.example/{plugin}@${digest}`), []);
    assert.deepEqual(image("file:///etc/{plugin}.wasm"), []);
    assert.deepEqual(image(`oci://registry.example/{plugin}@${digest.slice(0, -1)}`), ["error TG3020"]);
    assert.deepEqual(image(`oci://registry.example/{plugin}@${digest.toUpperCase()}`), ["error TG3020"]);
  });

  it("refuse a digest that YAML takes for a number", () => {
    const plugin = (sha256: string): string =>
      policy({ trace: {} }).replace("- name: trace", `- name: trace\n      sha256: ${sha256}`);
    const codes = (text: string): string[] => findingsOf(checker.check([{ file: "p", text }])).map(({ code }) => code);
    for (const bare of ["1".repeat(64), `${"1".repeat(30)}e${"1".repeat(33)}`, `0e${"1".repeat(62)}`])
      assert.ok(
        codes(plugin(bare)).some((code) => code === "TG1007" || code === "TG2003"),
        bare,
      );
    assert.deepEqual(codes(plugin(`"${"1".repeat(64)}"`)), []);
  });
});

describe("metadata", () => {
  it("is what Kubernetes takes", () => {
    const annotated = (annotations: object): string[] => found(policy({ trace: {} }, { metadata: { annotations } }));
    assert.deepEqual(annotated({ "a.b/c": "1" }), []);
    assert.equal(annotated({ "a b": "1" }).length, 1);
    assert.equal(annotated({ a: "x".repeat(262_144) }).length, 1);
    assert.equal(annotated({ a: "x".repeat(262_143) }).length, 0);
  });

  it("has no label that generate writes over", () => {
    const managed = (by: string): string[] =>
      found(policy({ trace: {} }, { metadata: { labels: { "app.kubernetes.io/managed-by": by } } }));
    assert.deepEqual(managed("helm"), ["warning TG3021 helm"]);
    assert.deepEqual(managed("tidegate"), []);
  });
});

describe("policies and the Services of their workloads", () => {
  const service = (port: object): string =>
    stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "reviews", namespace: "shop" },
      spec: { selector: { app: "reviews" }, ports: [port] },
    });
  const codes = async (text: string): Promise<string[]> => {
    const checked = await validateFiles([{ file: "p", text }], { catalog: new Map(), unbuiltAllowed: true });
    return checked.findings.map(({ severity, code }) => `${severity} ${code}`).filter((one) => !one.endsWith("TG3002"));
  };
  const inbound = policy({ trace: {} }, { spec: { attach: { direction: "inbound", ports: [9080] } } });

  it("must speak HTTP on the policy's ports", async () => {
    assert.deepEqual(await codes(`${inbound}---\n${service({ name: "http", port: 9080 })}`), []);
    assert.deepEqual(await codes(`${inbound}---\n${service({ name: "tcp-a", port: 80, targetPort: 9080 })}`), [
      "error TG3016",
    ]);
    assert.deepEqual(await codes(`${inbound}---\n${service({ name: "web", port: 9080 })}`), ["warning TG3016"]);
    assert.deepEqual(await codes(`${policy({ trace: {} })}---\n${service({ name: "web", port: 9080 })}`), []);
  });
});
