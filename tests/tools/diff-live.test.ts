import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { stringify } from "yaml";
import { goldenFolder } from "./golden-file.js";
import { type Ran, tidegate } from "./memory-io.js";

/** An object of Kubernetes whose parts tests change. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Live = Record<string, any>;

const folder = mkdtempSync(join(tmpdir(), "tidegate-live-"));
after(() => rmSync(folder, { recursive: true }));

const ROUTES = readFileSync(join(goldenFolder("golden"), "routes.in.yaml"), "utf8");
const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: a, labels: { team: a } }
spec:
  workload: { labels: { app: a } }
  attach: { ports: [9080, 9081] }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  plugins:
    - name: canary
      config: { rules: [{ name: staff, match: { header: { name: x-user, in_list: staff } }, arm: v2 }], lists: { staff: { ids: [alice, bob] } } }
    - name: ratelimit
      config: { rules: [{ name: all, quota: { requests: 10, per: second } }] }
`;
const SAME = { exitCode: 0, out: "", err: "no differences\n" };

/** What is generated from a policy, as a cluster would have it after `kubectl apply`. */
async function applied(policy: string, target: string, ...options: string[]): Promise<Live[]> {
  const args = ["generate", "-f", "-", "-o", "json", "-t", ...target.split(" "), ...options];
  const { exitCode, out, err } = await tidegate(args, { stdin: policy });
  assert.equal(exitCode, 0, err);
  const whole = JSON.parse(out) as Live;
  return (whole["kind"] === "List" ? (whole["items"] as Live[]) : [whole]).map(served);
}

/** What the API server and others write into an object. */
function served(object: Live): Live {
  const { metadata } = object;
  const lastApplied = JSON.stringify(object);
  return {
    ...object,
    metadata: {
      namespace: "default",
      ...metadata,
      labels: { ...metadata.labels, "argocd.argoproj.io/instance": "shop" },
      annotations: { ...metadata.annotations, "kubectl.kubernetes.io/last-applied-configuration": lastApplied },
      uid: "6f1a",
      resourceVersion: "812",
      generation: 3,
      creationTimestamp: "2026-11-21T09:00:00Z",
      managedFields: [{ manager: "kubectl", fieldsV1: { "f:spec": { ".": {} } } }],
    },
    status: { conditions: [{ type: "Reconciled", status: "True" }] },
  };
}

/** The differences between a policy and what is live. */
async function against(live: unknown, policy: string, target: string, ...options: string[]): Promise<Ran> {
  writeFileSync(join(folder, "policy.yaml"), policy);
  const args = ["diff", "--against", "-", "-f", "policy.yaml", "-t", ...target.split(" "), ...options];
  return await tidegate(args, { cwd: folder, stdin: typeof live === "string" ? live : stringify(list(live)) });
}

function list(items: unknown): Live {
  return { apiVersion: "v1", kind: "List", metadata: { resourceVersion: "" }, items };
}

const TARGETS = ["istio-wasmplugin", "istio-trafficextension", "istio-envoyfilter", "istio-envoyfilter --ecds"];

describe("diff against live resources", () => {
  for (const target of TARGETS) {
    it(`finds nothing after applying ${target}, whatever servers and others have written`, async () => {
      for (const policy of [POLICY, ROUTES]) {
        const live = await applied(policy, target);
        assert.deepEqual(await against(live, policy, target), SAME);
        assert.deepEqual(await against(JSON.stringify(list(live)), policy, target), SAME);
        const single = live.map((object) => stringify(object)).join("---\n");
        assert.deepEqual(await against(`---\n${single}---\n`, policy, target), SAME);
        const json = await against(live, policy, target, "-o", "json");
        assert.deepEqual(json, { exitCode: 0, out: '{\n  "differences": [],\n  "findings": []\n}\n', err: "" });
      }
    });

    it(`finds what is missing of ${target}, and what another version of the policy has left`, async () => {
      const all = await applied(POLICY, target);
      const none = await against([], POLICY, target);
      assert.equal(none.exitCode, 1);
      assert.equal(none.out.match(/ is missing: /g)?.length, all.length);
      const rest = await applied(POLICY.replace("name: a,", "name: old,"), target);
      const foreign = rest.map((object) => ({
        ...object,
        metadata: { ...object["metadata"], labels: {}, annotations: {} },
      }));
      assert.deepEqual(await against([...all, ...foreign], POLICY, target), SAME, "it is none of ours");
      const { exitCode, out } = await against([...all, ...rest], POLICY, target);
      assert.equal(exitCode, 1);
      assert.equal(out.match(/^\w+ default\/old\S* is superfluous: no policy makes it/gm)?.length, rest.length);
    });

    it(`compares configurations of ${target} part by part, without their ids`, async () => {
      const live = await applied(POLICY, target);
      const policy = POLICY.replace("requests: 10", "requests: 20").replace("alice", "mallory");
      const { out } = await against(live, policy, target);
      assert.match(
        out,
        /^ {2}configuration[^:]*: rules\["all"\]\.quota\.requests: 10 requests per second -> 20 requests per second$/m,
      );
      assert.match(out, /^ {2}configuration[^:]*: lists\.staff: 2 ids \(sha256 \w+\) -> 2 ids \(sha256 \w+\)$/m);
      assert.doesNotMatch(out, /alice|bob|mallory/);
    });
  }

  it("finds fields that somebody changed, and labels that were ours", async () => {
    const [canary, ratelimit] = (await applied(POLICY, "istio-wasmplugin")) as [Live, Live];
    ratelimit["spec"].failStrategy = "FAIL_CLOSE";
    delete canary["spec"].phase;
    canary["metadata"].labels.team = "b";
    const { out } = await against(
      [canary, ratelimit],
      POLICY.replace("labels: { team: a }", "annotations: { a: b }"),
      "istio-wasmplugin",
    );
    assert.equal(
      out,
      `WasmPlugin default/a-canary changes, for workloads with app=a of default
  labels.team: b -> not set
  annotations.a: not set -> b
  spec.phase: not set -> UNSPECIFIED_PHASE

WasmPlugin default/a-ratelimit changes, for workloads with app=a of default
  labels.team: a -> not set
  annotations.a: not set -> b
  spec.failStrategy: FAIL_CLOSE -> FAIL_OPEN
`,
    );
  });

  it("knows what Helm has installed, and written its own name into", async () => {
    const byHelm = (object: Live): Live => {
      const { metadata } = object;
      return {
        ...object,
        metadata: { ...metadata, labels: { ...metadata.labels, "app.kubernetes.io/managed-by": "Helm" } },
      };
    };
    const live = (await applied(POLICY, "istio-wasmplugin")).map(byHelm);
    assert.deepEqual(await against(live, POLICY, "istio-wasmplugin"), SAME);
    const { out } = await against(live, POLICY.replace("name: a,", "name: b,"), "istio-wasmplugin");
    assert.equal(out.match(/default\/a-\S+ is superfluous/g)?.length, 2);
  });

  it("takes JSON that is written in another way for the same, and other text for another", async () => {
    const [filter] = (await applied(POLICY, "istio-envoyfilter")) as [Live];
    const { configuration } = filter["spec"].configPatches[0].patch.value.typed_config.config;
    const config = JSON.parse(configuration.value as string) as Live;
    configuration.value = JSON.stringify(Object.fromEntries(Object.entries(config).reverse()), null, 3);
    assert.deepEqual(await against([filter], POLICY, "istio-envoyfilter"), SAME);
    configuration.value = "alice";
    const { out } = await against([filter], POLICY, "istio-envoyfilter");
    assert.match(out, /typed_config\.config\.configuration\.value: "no JSON object \(sha256 \w+\)" -> \{ rules: /);
    assert.doesNotMatch(out, /alice/);
  });

  it("tells policies' namespaces apart", async () => {
    const live = await applied(POLICY.replace("{ name: a,", "{ name: a, namespace: shop,"), "istio-wasmplugin");
    assert.deepEqual(await against(live, POLICY, "istio-wasmplugin", "-n", "shop"), SAME);
    const { out } = await against(live, POLICY, "istio-wasmplugin");
    assert.equal(out.match(/default\/\S+ is missing/g)?.length, 2);
    assert.equal(out.match(/shop\/\S+ is superfluous/g)?.length, 2);
  });

  it("leaves routes, or all but routes, out when it is told so", async () => {
    const live = await applied(ROUTES, "istio-wasmplugin");
    const isRoute = ({ kind }: Live): boolean => kind !== "WasmPlugin";
    assert.deepEqual(await against(live, ROUTES, "istio-wasmplugin", "--routes", "without"), SAME);
    assert.deepEqual(await against(live.filter(isRoute), ROUTES, "istio-wasmplugin", "--routes", "only"), SAME);
    const added = ROUTES.replaceAll("v3", "v4");
    assert.doesNotMatch((await against(live, added, "istio-wasmplugin", "--routes", "only")).err, /TG3301/);
    assert.match((await against(live, added, "istio-wasmplugin", "--routes", "only")).err, /TG3302/);
    assert.match((await against(live, added, "istio-wasmplugin", "--routes", "without")).err, /TG3301/);
    const { out } = await against(live.filter(isRoute), ROUTES, "istio-wasmplugin", "--routes", "without");
    assert.match(out, /^WasmPlugin shop\/reviews-canary is missing[^\n]*\n$/);
  });

  it("finds arms that are decided before live routes take them, and routes that go too early", async () => {
    const added = ROUTES.replaceAll("v3", "v4");
    for (const target of TARGETS) {
      const live = await applied(ROUTES, target);
      const { exitCode, err } = await against(live, added, target);
      assert.equal(exitCode, 1);
      assert.match(err, /^policy\.yaml:21:54: error TG3301 v4 is decided before its route is there/m);
      assert.match(err, /^policy\.yaml:25:5: error TG3302 the route of v3 goes while proxies still decide it/m);
      const halfway = [...(await applied(added, target, "--routes", "only")), live.at(-1)];
      assert.doesNotMatch((await against(halfway, added, target)).err, /TG3301/, "its route is there");
      const first = await against([], added, target);
      assert.doesNotMatch(first.err, /TG33/, "nothing is decided yet");
    }
    const renamed = ROUTES.replace(
      'name: v2, labels: { version: "2" }',
      'name: v2, subset: two, labels: { version: "2" }',
    );
    const { err } = await against(await applied(ROUTES, "istio-wasmplugin"), renamed, "istio-wasmplugin");
    assert.match(err, /error TG3302 the subset v2 goes while the VirtualService still leads to it/);
  });

  it("knows the other gateways' resources, too", async () => {
    const policy = readFileSync(join(goldenFolder("golden"), "routes-gateway-api.in.yaml"), "utf8");
    const live = await applied(policy, "envoy-gateway");
    assert.deepEqual(await against(live, policy, "envoy-gateway"), SAME);
    const { out, err } = await against(live, policy.replaceAll("v2", "v3"), "envoy-gateway");
    assert.match(out, /^EnvoyExtensionPolicy shop\/public changes, for Gateway public of shop$/m);
    assert.match(err, /error TG3301 v3 [^]*error TG3302 the route of v2 /);
  });

  it("passes over what the API server adds to an HTTPRoute", async () => {
    const policy = readFileSync(join(goldenFolder("golden"), "routes-gateway-api.in.yaml"), "utf8");
    const live = await applied(policy, "istio-wasmplugin", "--routes", "only");
    const routes = live.filter(({ kind }) => kind === "HTTPRoute");
    assert.ok(routes.length > 0);
    for (const { spec } of routes) {
      for (const ref of spec.parentRefs as Live[])
        Object.assign(ref, { group: "gateway.networking.k8s.io", kind: "Gateway" });
      for (const rule of spec.rules as Live[]) {
        for (const ref of rule["backendRefs"] as Live[]) Object.assign(ref, { group: "", kind: "Service", weight: 1 });
        rule["matches"] ??= [{}];
        for (const match of rule["matches"] as Live[]) {
          match["path"] = { type: "PathPrefix", value: "/" };
          for (const header of (match["headers"] ?? []) as Live[]) header["type"] = "Exact";
        }
      }
    }
    assert.deepEqual(await against(live, policy, "istio-wasmplugin", "--routes", "only"), SAME);
    routes[0]!["spec"].rules[0].backendRefs[0].weight = 2;
    assert.match((await against(live, policy, "istio-wasmplugin", "--routes", "only")).out, /weight: 2 -> not set/);
  });

  it("reads folders, and says when a side cannot be read or is wrong", async () => {
    mkdirSync(join(folder, "live"));
    const live = await applied(POLICY, "istio-wasmplugin");
    writeFileSync(join(folder, "live", "one.yaml"), stringify(list(live.slice(0, 1))));
    writeFileSync(join(folder, "live", "other.json"), JSON.stringify(live[1]));
    writeFileSync(join(folder, "policy.yaml"), POLICY);
    const ran = (path: string, file: string, stdin = ""): Promise<Ran> =>
      tidegate(["diff", "--against", path, "-f", file, "-t", "istio-wasmplugin"], { cwd: folder, stdin });
    assert.deepEqual(await ran("live", "policy.yaml"), SAME);
    assert.equal((await ran("nope", "policy.yaml")).exitCode, 3);
    assert.equal((await ran("live", "nope")).exitCode, 3);
    mkdirSync(join(folder, "none"));
    const none = await ran("live", "none");
    assert.deepEqual(none, { exitCode: 3, out: "", err: "tidegate: none: there is no policy\n" });
    const broken = await ran("-", "policy.yaml", "a: [");
    assert.deepEqual({ ...broken, err: "" }, { exitCode: 1, out: "", err: "" });
    assert.match(broken.err, /^<stdin>:\d+:\d+: error TG1003 /);
    const deep = await ran(
      "-",
      "policy.yaml",
      `{"kind":"WasmPlugin","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    );
    assert.match(deep.err, /^<stdin>:\d+:\d+: error TG1008 /);
    const wrong = await ran("live", "-", POLICY.replace("plugins:", "plugin:"));
    assert.deepEqual({ ...wrong, err: "" }, { exitCode: 1, out: "", err: "" });
  });
});
