// The KRM function: what kustomize and kpt hand over, and get back.
import fc from "fast-check";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse, parseAllDocuments, stringify } from "yaml";
import { repoRoot } from "../../tools/root.js";
import { type Ran, tidegate } from "./memory-io.js";

/* eslint-disable @typescript-eslint/no-explicit-any -- objects of Kubernetes whose parts tests change */
type Item = Record<string, any>;

const POLICY: Item = {
  apiVersion: "tidegate.dev/v1alpha1",
  kind: "PluginPolicy",
  metadata: {
    name: "reviews",
    namespace: "shop",
    annotations: {
      "config.kubernetes.io/index": "0",
      "config.kubernetes.io/path": "shop/policies.yaml",
      "internal.config.kubernetes.io/index": "0",
      "internal.config.kubernetes.io/path": "shop/policies.yaml",
    },
  },
  spec: {
    workload: { labels: { app: "reviews" } },
    tracer: "none",
    moduleUrl: "file:///etc/tidegate/{plugin}.wasm",
    plugins: [
      { name: "trace" },
      { name: "ratelimit", config: { rules: [{ name: "all", quota: { requests: 5, per: "second" } }] } },
    ],
  },
};
const CONFIG = { apiVersion: "tidegate.dev/v1alpha1", kind: "Generate", metadata: { name: "g" }, spec: {} as Item };

function listOf(items: readonly unknown[], spec: Item = { target: "istio-wasmplugin" }): string {
  const functionConfig = { ...CONFIG, spec };
  const list = { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items, functionConfig };
  return stringify(list, { aliasDuplicateObjects: false });
}

async function fn(stdin: string): Promise<Ran & { list: Item }> {
  const ran = await tidegate(["fn"], { stdin });
  assert.doesNotMatch(ran.err, /^\s+at /m);
  return { ...ran, list: (parse(ran.out) ?? {}) as Item };
}

const ALIAS = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: [{ a: &a {} }, { b: *a }]\n";

const changed = (change: (policy: Item) => void): Item => {
  const policy = structuredClone(POLICY);
  change(policy);
  return policy;
};

describe("tidegate fn", () => {
  it("adds what policies become, marks them as local, and leaves the rest as it was written", async () => {
    const other =
      "- apiVersion: v1 # why\n  kind: ConfigMap\n  metadata: {name: a}\n  data: {n: 010, y: yes, x: , z: 12345678901234567890}\n";
    const { exitCode, out, err, list } = await fn(
      listOf([POLICY]).replace("items:\n", `items:\n  ${other.replaceAll("\n", "\n  ").trimEnd()}\n`),
    );
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    assert.match(out, /apiVersion: v1 # why\n/);
    assert.match(out, /n: 010, y: yes, x:, z: 12345678901234567890/);
    const [, policy, trace, ratelimit] = list["items"] as Item[];
    assert.equal(policy!["metadata"].annotations["config.kubernetes.io/local-config"], "true");
    assert.deepEqual([trace!["metadata"].name, ratelimit!["metadata"].name], ["reviews-trace", "reviews-ratelimit"]);
    assert.deepEqual(ratelimit!["metadata"].annotations, {
      "tidegate.dev/policy": "shop/reviews",
      "internal.config.kubernetes.io/path": "shop/shop.reviews.istio-wasmplugin.yaml",
      "config.kubernetes.io/path": "shop/shop.reviews.istio-wasmplugin.yaml",
      "internal.config.kubernetes.io/index": "1",
      "config.kubernetes.io/index": "1",
    });
    assert.equal(list["results"], undefined);
  });

  it("changes nothing when it runs on its own output, and makes anew what is out of date", async () => {
    const once = await fn(listOf([POLICY, { apiVersion: "v1", kind: "Service", metadata: { name: "a" } }]));
    assert.equal((await fn(once.out)).out, once.out);
    const fewer = once.out.replace(/ {4,}- name: ratelimit\n(?: {8,}.*\n)+/, "");
    const again = await fn(fewer);
    assert.equal(again.exitCode, 0, again.err);
    assert.deepEqual(
      (again.list["items"] as Item[]).map(({ kind }) => kind as string),
      ["PluginPolicy", "Service", "WasmPlugin"],
    );
  });

  it("tells what is wrong by object, field, file and code, and hands the items back as they came", async () => {
    const policy = changed(({ spec }) => (spec.plugins[1].config.rules[0].quota.requests = 0));
    const { exitCode, err, list } = await fn(listOf([policy]));
    assert.equal(exitCode, 1);
    assert.match(err, /^shop\/policies\.yaml:\d+:\d+: error TG2005 0 is too small/);
    assert.deepEqual(list["items"], [policy]);
    assert.deepEqual(list["results"], [
      {
        message: "0 is too small. Allowed: 1 to 1000000000",
        severity: "error",
        resourceRef: { apiVersion: "tidegate.dev/v1alpha1", kind: "PluginPolicy", namespace: "shop", name: "reviews" },
        field: { path: "spec.plugins[1].config.rules[0].quota.requests" },
        file: { path: "shop/policies.yaml", index: 0 },
        tags: { code: "TG2005" },
      },
    ]);
  });

  it("goes on with a warning, which is a result, too", async () => {
    const { exitCode, list } = await fn(listOf([changed(({ spec }) => delete spec.tracer)]));
    assert.equal(exitCode, 0);
    assert.deepEqual(
      (list["results"] as Item[]).map(({ severity, tags }) => [severity, tags.code]),
      [["warning", "TG3203"]],
    );
    assert.equal(list["items"].length, 3);
  });

  it("makes nothing where somebody else has the name", async () => {
    const taken = {
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name: "reviews-trace", namespace: "shop" },
    };
    const { exitCode, list } = await fn(listOf([POLICY, taken]));
    assert.equal(exitCode, 1);
    assert.deepEqual(list["items"], [POLICY, taken]);
    assert.equal(list["results"][0].tags.code, "TG3805");
    assert.equal(list["results"][0].field.path, "metadata.name");
  });

  const CONFIGS: [string, Item, RegExp][] = [
    ["no target", {}, /names no target/],
    ["an unknown key", { target: "higress", moduleURL: "x" }, /moduleURL: is no key of it\. Did you mean "moduleUrl"/],
    ["another target", { target: "envoy" }, /Expected one of istio-wasmplugin/],
    ["what does not go together", { target: "higress", ecds: true }, /--ecds: that is for istio-envoyfilter/],
    ["a version that is none", { target: "higress", gatewayVersion: 2 }, /Expected text/],
  ];
  for (const [what, spec, expected] of CONFIGS) {
    it(`refuses a functionConfig with ${what}`, async () => {
      const { exitCode, err, list } = await fn(listOf([POLICY], spec));
      assert.equal(exitCode, 1);
      assert.match(err, expected);
      assert.equal(list["results"][0].tags.code, "TG3804");
      assert.equal(list["results"][0].resourceRef.kind, "Generate");
    });
  }

  it("takes a ConfigMap for its functionConfig, and the namespace in it", async () => {
    const data = { target: "istio-envoyfilter", ecds: "true", namespace: "shop" };
    const functionConfig = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data };
    const items = [changed(({ metadata }) => delete metadata.namespace)];
    const { exitCode, err, list } = await fn(
      stringify({ apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items, functionConfig }),
    );
    assert.equal(exitCode, 0, err);
    assert.deepEqual((list["items"] as Item[]).map(({ kind, metadata }) => [kind, metadata.namespace]).slice(1, 2), [
      ["EnvoyFilter", "shop"],
    ]);
  });

  it("writes nothing for what is no ResourceList", async () => {
    for (const text of [
      "",
      "kind: Service",
      "a: [",
      "[".repeat(1000),
      stringify(POLICY),
      "kind: ResourceList\nitems: 1",
      ALIAS,
    ]) {
      const { exitCode, out, err } = await fn(text);
      assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
      assert.match(err, /^<stdin>:\d+:\d+: error TG(1003|1008|3803) /);
    }
  });

  it("answers 0 or 1 without a stack, whatever the items are", async () => {
    const item = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc
        .tuple(fc.constantFrom("kind", "apiVersion", "metadata", "spec"), fc.jsonValue({ maxDepth: 3 }))
        .map(([key, value]) => ({ ...POLICY, [key]: value })),
      fc.constant(POLICY),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 3 }), async (items) => {
        const { exitCode, out } = await fn(listOf(items));
        assert.ok(exitCode === 0 || exitCode === 1);
        if (out !== "") assert.equal((parse(out) as Item)["kind"], "ResourceList");
      }),
      { numRuns: 25, seed: 20261122 },
    );
  });
});

const example = (name: string): string => readFileSync(join(repoRoot, "envoy-configs", name), "utf8");
const documents = (text: string): Item[] =>
  Array.from(parseAllDocuments(text), (document) => (document as { toJS(): Item }).toJS());

describe("envoy-configs", () => {
  it("kustomize: the function makes what kustomize built", async () => {
    const inShop = (file: string): Item => {
      const object = parse(example(`kustomize/${file}`)) as Item;
      return { ...object, metadata: { ...object["metadata"], namespace: "shop" } };
    };
    const items = [inShop("service.yaml"), inShop("reviews.yaml")];
    const functionConfig: unknown = parse(example("kustomize/tidegate.yaml"));
    const { exitCode, err, list } = await fn(
      stringify({ apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items, functionConfig }),
    );
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    const local = "config.kubernetes.io/local-config";
    const built = (list["items"] as Item[]).filter(({ metadata }) => metadata.annotations?.[local] !== "true");
    const name = ({ kind, metadata }: Item): string => `${kind} ${metadata.name}`;
    const sorted = (all: Item[]): Item[] => all.sort((one, other) => (name(one) < name(other) ? -1 : 1));
    assert.deepEqual(sorted(built), sorted(documents(example("kustomize/expected.yaml"))));
  });

  it("helm: the post-renderer makes what helm printed", async () => {
    const values: Record<string, string> = {
      ".Release.Namespace": "shop",
      ".Release.Name": "shop",
      ".Values.requestsPerSecond": "100",
    };
    const rendered = ["service.yaml", "policy.yaml"].map((file) => {
      const text = example(`helm/chart/templates/${file}`).replace(
        /\{\{ (\S+) \}\}/g,
        (_, name: string) => values[name]!,
      );
      return `---\n# Source: reviews/templates/${file}\n${text}`;
    });
    const [, command = ""] = /npx tidegate (.*)$/m.exec(example("helm/tidegate-post")) ?? [];
    const { exitCode, out, err } = await tidegate(command.split(" "), { stdin: rendered.join("") });
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    assert.equal(out, example("helm/expected.yaml"));
  });
});

describe("generate --keep-others", () => {
  const OTHER = "kind: ConfigMap\nmetadata: { name: a }\ndata: { n: 010, text: 'PluginPolicy' }\n";
  const generate = (stdin: string, ...more: string[]): Promise<Ran> =>
    tidegate(["generate", "-t", "istio-wasmplugin", "--comments", "none", "--keep-others", "-f", "-", ...more], {
      stdin,
    });

  it("lets others pass as they are, before what policies become", async () => {
    const { exitCode, out, err } = await generate(
      `---\n${OTHER}---\n${stringify(POLICY)}---\n# nothing\n---\n${OTHER}`,
    );
    assert.equal(exitCode, 0, err);
    assert.ok(out.startsWith(`${OTHER}---\n${OTHER}---\napiVersion: extensions.istio.io`), out);
    assert.deepEqual(await generate(OTHER), { exitCode: 0, out: OTHER, err: "" });
  });

  it("finds mistakes on the lines of what it was given", async () => {
    const { exitCode, out, err } = await generate(`${OTHER}---\n${stringify(POLICY).replace("workload", "workloads")}`);
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    const line = `${OTHER}---\n${stringify(POLICY)}`.split("\n").findIndex((text) => text.includes("workload:")) + 1;
    assert.match(err, new RegExp(`^<stdin>:${line}:3: error TG2001`, "m"));
  });

  it("is refused where others would be lost", async () => {
    for (const more of [["--out", "x"], ["-o", "json"], ["--remove"], ["-t", "envoy"]]) {
      assert.equal((await generate(OTHER, ...more)).exitCode, 2, more.join(" "));
    }
  });
});
