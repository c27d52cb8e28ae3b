// What people who use kubectl expect of the tool and of what it generates.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { tidegate } from "./memory-io.js";

const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews }
spec:
  workload: { labels: { app: reviews } }
  attach: { direction: outbound }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  plugins: [{ name: trace }, { name: canary, config: { default: v1, rules: [{ name: all, arm: v2 }] } }]
  routes: { service: reviews, arms: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
`;
const IN_SHOP = POLICY.replace("name: reviews }", "name: reviews, namespace: shop }");

interface Made {
  kind: string;
  metadata: { name: string; namespace?: string; labels: Record<string, string>; annotations: Record<string, string> };
}

async function generated(policy: string, ...options: string[]): Promise<{ out: string; made: Made[] }> {
  const { exitCode, out, err } = await tidegate(["generate", "-f", "-", ...options], { stdin: policy });
  assert.equal(exitCode, 0, err);
  return { out, made: Array.from(parseAllDocuments(out), (document) => (document as { toJS(): Made }).toJS()) };
}

const TARGETS = ["istio-wasmplugin", "istio-trafficextension", "istio-envoyfilter", "istio-envoyfilter --ecds"];

for (const target of TARGETS) {
  describe(`what is generated as ${target}`, () => {
    const options = ["-t", ...target.split(" ")];

    it("says on every resource who made it, and from which policy", async () => {
      const { made } = await generated(IN_SHOP, ...options);
      assert.ok(made.length >= 3);
      for (const { metadata } of made) {
        assert.equal(metadata.annotations["tidegate.dev/policy"], "shop/reviews");
        assert.equal(metadata.labels["app.kubernetes.io/managed-by"], "tidegate");
      }
      const unnamed = await generated(POLICY, ...options);
      for (const { metadata } of unnamed.made) assert.equal(metadata.annotations["tidegate.dev/policy"], "reviews");
    });

    it("has the policy's labels and annotations, but not those of tools for its file", async () => {
      const kept = { "argocd.argoproj.io/sync-wave": "2", note: "ours" };
      const dropped = {
        "config.kubernetes.io/local-config": "true",
        "internal.config.kubernetes.io/path": "policy.yaml",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
      };
      const labels = { team: "a", "app.kubernetes.io/managed-by": "Helm" };
      const metadata = JSON.stringify({ name: "reviews", labels, annotations: { ...kept, ...dropped } });
      const { made } = await generated(POLICY.replace("{ name: reviews }", metadata), ...options);
      for (const one of made) {
        assert.deepEqual(one.metadata.annotations, { ...kept, "tidegate.dev/policy": "reviews" });
        assert.deepEqual(one.metadata.labels, labels);
      }
    });

    it("is the same, byte for byte, whatever a change of the policy's looks", async () => {
      const { out } = await generated(IN_SHOP, ...options, "--comments", "none");
      const labelled = (text: string): string => text.replace("name: reviews,", "name: reviews, labels: {a: x, b: y},");
      const other = (text: string): string => text.replace("name: reviews,", "name: reviews, labels: {b: y, a: 'x'},");
      const same = [
        `# a comment\n---\n${IN_SHOP}`,
        IN_SHOP.replace("kind: PluginPolicy\n", "").concat("kind: 'PluginPolicy' # last\n"),
        IN_SHOP.replace("{ name: reviews, namespace: shop }", '\n  namespace: "shop"\n  name: reviews'),
        JSON.stringify(parseAllDocuments(IN_SHOP).at(0)),
      ];
      for (const text of same) assert.equal((await generated(text, ...options, "--comments", "none")).out, out);
      const [one, reordered] = [
        await generated(labelled(IN_SHOP), ...options),
        await generated(other(IN_SHOP), ...options),
      ];
      assert.equal(one.out, reordered.out);
      assert.notEqual(one.out, out);
    });
  });
}

describe("-n", () => {
  for (const command of ["generate -t istio-wasmplugin", "validate"]) {
    it(`of ${command} refuses a policy of another namespace`, async () => {
      const args = [...command.split(" "), "-f", "-", "-n", "other"];
      const { exitCode, out, err } = await tidegate(args, { stdin: IN_SHOP });
      assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
      assert.match(
        err,
        /^<stdin>:3:39: error TG3801 the policy is of the namespace shop, and other was asked for\. Take/m,
      );
      const own = await tidegate(args.with(-1, "shop"), { stdin: IN_SHOP });
      assert.equal(own.exitCode, 0, own.err);
    });

    it(`of ${command} is a namespace's name`, async () => {
      const { exitCode, err } = await tidegate([...command.split(" "), "-f", "-", "-n", "Shop"], { stdin: POLICY });
      assert.equal(exitCode, 2);
      assert.match(err, /Expected the name of a namespace/);
    });
  }

  it("of generate is the namespace of policies that name none", async () => {
    const asked = await generated(POLICY, "-t", "istio-envoyfilter", "-n", "shop", "--comments", "none");
    assert.equal(asked.out, (await generated(IN_SHOP, "-t", "istio-envoyfilter", "--comments", "none")).out);
  });

  it("counts before policies are told apart by their names", async () => {
    const { exitCode, err } = await tidegate(["validate", "-f", "-", "-n", "shop"], {
      stdin: `${POLICY}---\n${IN_SHOP}`,
    });
    assert.equal(exitCode, 1);
    assert.match(err, /TG3003 the policy shop\/reviews already stands at <stdin>:3/);
  });

  it("of validate finds what the namespace means", async () => {
    const { err } = await tidegate(["validate", "-f", "-", "-n", "istio-system"], { stdin: POLICY });
    assert.match(err, /warning TG3010/);
  });
});

describe("the owner's annotation", () => {
  it("cannot be written by hand", async () => {
    const annotated = POLICY.replace("name: reviews }", 'name: reviews, annotations: { tidegate.dev/policy: "a/b" } }');
    const { exitCode, err } = await tidegate(["validate", "-f", "-"], { stdin: annotated });
    assert.equal(exitCode, 1);
    assert.match(err, /^<stdin>:3:43: error TG3802 generate writes the annotation tidegate.dev\/policy itself/m);
  });
});
