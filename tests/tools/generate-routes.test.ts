import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { type Ran, tidegate } from "./memory-io.js";

/** Nothing of canary's configuration but its default: these tests are about what is generated in which order. */
const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: shop }
spec:
  workload: { labels: { app: client } }
  attach: { direction: outbound }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  plugins: [{ name: canary, config: { default: v1, rules: [] } }]
  routes:
    service: reviews
    arms: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
`;
const WITHOUT_ROUTES = POLICY.replace(/ {2}routes:[^]*/, "");

const generate = (options: string, stdin = POLICY): Promise<Ran> =>
  tidegate(["generate", "-f", "-", ...options.split(" ")], { stdin });

async function kinds(options: string, stdin?: string): Promise<string[]> {
  const { exitCode, out, err } = await generate(options, stdin);
  assert.equal(exitCode, 0, err);
  return parseAllDocuments(out).map((document) => (document as { get(key: string): unknown }).get("kind") as string);
}

describe("generate with routes", () => {
  it("puts subsets before the routes to them, and the plugin that decides last", async () => {
    const routes = ["DestinationRule", "VirtualService"];
    assert.deepEqual(await kinds("-t istio-wasmplugin"), [...routes, "WasmPlugin"]);
    assert.deepEqual(await kinds("-t istio-envoyfilter"), [...routes, "EnvoyFilter"]);
    assert.deepEqual(await kinds("-t istio-wasmplugin --routes only"), routes);
    assert.deepEqual(await kinds("-t istio-wasmplugin --routes without"), ["WasmPlugin"]);
    assert.deepEqual(await kinds("-t istio-wasmplugin", WITHOUT_ROUTES), ["WasmPlugin"]);
  });

  it("says when routes are too large for Kubernetes, or for kubectl apply alone", async () => {
    const text = "x".repeat(60);
    const arms = (labels: number): object[] =>
      Array.from({ length: 1000 }, (_, i) => ({
        name: i === 0 ? "v1" : `v${i}.${text}`.slice(0, 60),
        subset: `s${i}`,
        labels: Object.fromEntries(Array.from({ length: labels }, (_unused, j) => [`a${j}`, text])),
      }));
    const policy = (labels: number): string => POLICY.replace(/arms: .*/, `arms: ${JSON.stringify(arms(labels))}`);
    const apart = await generate("-t istio-wasmplugin --routes only", policy(6));
    assert.equal(apart.exitCode, 0, apart.err);
    assert.match(apart.err, /^<stdin>:11:\d+: warning TG7006 the DestinationRule shop has \d+ bytes, too many/);
    const tooLarge = await generate("-t istio-wasmplugin", policy(30));
    assert.equal(tooLarge.exitCode, 1);
    assert.match(tooLarge.err, /^<stdin>:11:\d+: error TG7005 the DestinationRule shop has \d+ bytes/);
    assert.equal((await generate("-t istio-wasmplugin --routes without", policy(30))).err, "");
  });

  it("removes in the reverse order, over all policies", async () => {
    assert.deepEqual(await kinds("-t istio-wasmplugin --remove"), ["WasmPlugin", "VirtualService", "DestinationRule"]);
    const two = `${POLICY}---\n${WITHOUT_ROUTES.replace("name: shop", "name: other").replace("app: client", "app: b")}`;
    const order = ["WasmPlugin", "WasmPlugin", "VirtualService", "DestinationRule"];
    assert.deepEqual(await kinds("-t istio-wasmplugin --remove", two), order);
    assert.deepEqual(await kinds("-t istio-envoyfilter --remove --routes only"), ["VirtualService", "DestinationRule"]);
    const { out } = await generate("-t istio-wasmplugin --remove -o json");
    const { items } = JSON.parse(out) as { items: { kind: string }[] };
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ["WasmPlugin", "VirtualService", "DestinationRule"],
    );
  });

  it("needs no module for routes alone", async () => {
    const stdin = POLICY.replace(/ {2}moduleUrl.*\n/, "");
    assert.match((await generate("-t istio-wasmplugin", stdin)).err, /TG3008/);
    assert.deepEqual(await kinds("-t istio-wasmplugin --routes only", stdin), ["DestinationRule", "VirtualService"]);
  });

  it("makes routes of the Gateway API for Envoy Gateway, before the plugin that decides", async () => {
    const stdin = POLICY.replace(/workload.*\n.*attach.*/, "gateway: { name: public }")
      .replace("service: reviews", "port: 80")
      .replace(/labels: { version: (v\d) }/g, "service: reviews-$1");
    assert.deepEqual(await kinds("-t envoy-gateway --routes only", stdin), ["HTTPRoute"]);
    assert.deepEqual(await kinds("-t istio-wasmplugin --routes only", stdin), ["HTTPRoute"]);
    const modules = "--module-url oci://registry.example/{plugin}:1";
    assert.deepEqual(await kinds(`-t envoy-gateway ${modules}`, stdin), ["HTTPRoute", "EnvoyExtensionPolicy"]);
  });

  it("refuses to make routes alone of policies that have none", async () => {
    const { exitCode, err } = await generate("-t istio-wasmplugin --routes only", WITHOUT_ROUTES);
    assert.equal(exitCode, 1);
    assert.match(err, /^<stdin>:4:1: error TG3107 the policy has no routes to generate\. [^\n]*\n$/);
  });

  it("refuses to take a bootstrap apart", async () => {
    for (const option of ["--remove", "--routes only", "--routes without"]) {
      const { exitCode, out, err } = await generate(`-t envoy ${option}`);
      assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" });
      assert.equal(err, `tidegate: ${option}: the target envoy is one file, which has its routes in it\n`);
    }
  });

  it("tells where an arm is given that no route serves", async () => {
    const { exitCode, err } = await generate("-t istio-wasmplugin", POLICY.replace("default: v1", "default: v3"));
    assert.equal(exitCode, 1);
    const remedy = 'Did you mean "v1"? If not, add { name: v3, ... } to spec.routes.arms.';
    assert.equal(err, `<stdin>:8:48: error TG3101 no route serves the arm v3. ${remedy}\n`);
  });
});
