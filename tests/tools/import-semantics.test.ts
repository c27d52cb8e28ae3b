import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { repoRoot } from "../../tools/root.js";
import { tidegate } from "./memory-io.js";

const FOLDER = join(repoRoot, "tests", "tools", "import");

interface Canary {
  default: string;
  rules: Record<string, unknown>[];
}

async function imported(stdin: string, ...options: string[]): Promise<{ policies: PolicyDocument[]; err: string }> {
  const { exitCode, out, err } = await tidegate(["import", "-f", "-", ...options], { stdin });
  assert.equal(exitCode, 0, err);
  return { policies: parseAllDocuments(out).map((document) => document.toJS() as PolicyDocument), err };
}

function configOf<T>(policy: PolicyDocument | undefined): T {
  return policy?.spec.plugins[0]?.config as T;
}

/** The arm that the built plugin gives a request under an imported policy. */
async function armOf(
  policies: string,
  name: string,
  headers: string[],
  path = "/",
  authority = "store.example",
): Promise<string> {
  const lines = headers.flatMap((header) => ["-H", header]);
  const args = [
    "explain",
    "canary",
    "-f",
    "-",
    "--policy",
    name,
    "--authority",
    authority,
    "--path",
    path,
    "-o",
    "json",
  ];
  const { exitCode, out, err } = await tidegate([...args, ...lines], { stdin: policies });
  assert.equal(exitCode, 0, err);
  return (JSON.parse(out) as { decision: { arm: string } }).decision.arm;
}

describe("a canary of ingress-nginx", () => {
  const cases: [string[], string][] = [
    [[], "store"],
    [["x-canary: always", "cookie: canary=never"], "store-next"],
    [["x-canary: never", "cookie: canary=always"], "store"],
    [["x-canary: maybe", "cookie: canary=always"], "store-next"],
    [["cookie: canary=never"], "store"],
    [["x-canary: Always"], "store"],
  ];
  for (const [headers, arm] of cases) {
    it(`${headers.join(", ") || "nothing"} leads to ${arm}`, async () => {
      const { out } = await tidegate(["import", "-f", "nginx-canary.yaml"], { cwd: FOLDER });
      assert.equal(await armOf(out, "shop/store-next", headers), arm);
    });
  }

  it("finds a pattern anywhere in the header, under whole segments of the path", async () => {
    const { out } = await tidegate(["import", "-f", "nginx-canary.yaml"], { cwd: FOLDER });
    const ask = (path: string, value: string): Promise<string> =>
      armOf(out, "shop/chat-next", [`x-region: ${value}`], path, "help.example");
    assert.equal(await ask("/chat/room", "central-eu-1"), "chat-next");
    assert.equal(await ask("/chatter", "central-eu-1"), "chat");
    assert.equal(await ask("/chat", "us"), "chat");
  });

  it("gives all at the full weight, whatever the total", async () => {
    const ingress = (weight: number): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: a
  annotations:
    nginx.ingress.kubernetes.io/canary: "true"
    nginx.ingress.kubernetes.io/canary-weight: "${weight}"
    nginx.ingress.kubernetes.io/canary-weight-total: "50"
spec: { rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: b } } }] } }] }
`;
    const whole = await imported(ingress(100));
    assert.deepEqual(configOf<Canary>(whole.policies[0]).rules, [{ name: "weight", arm: "b" }]);
    const half = await imported(ingress(50), "--key", "cookie:id"); // nginx takes no total below 100
    assert.equal(configOf<Canary>(half.policies[0]).rules[0]?.["percent"], 50);
    const most = await imported(ingress(80), "--key", "cookie:id");
    const { rules, default: standard } = configOf<Canary>(most.policies[0]);
    assert.deepEqual(
      [standard, rules.map(({ arm, percent }) => [arm, percent])],
      [
        "stable",
        [
          ["stable", 20],
          ["b", undefined],
        ],
      ],
    );
  });
});

const WEIGHTS = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a, namespace: n }
spec:
  hosts: [a]
  http:
    - match: [{ headers: { x-new: { exact: "1" } } }]
      route: [{ destination: { host: a, subset: v2 } }]
    - route:
        - { destination: { host: a, subset: v1 }, weight: 2 }
        - { destination: { host: a, subset: v2 }, weight: 1 }
`;

describe("weights of Istio", () => {
  it("become a share that sticks to the key, its rest the heaviest", async () => {
    const { policies, err } = await imported(WEIGHTS, "--key", "header:X-User");
    const { rules, default: standard } = configOf<Canary>(policies[0]);
    assert.equal(standard, "v1");
    assert.deepEqual(rules.at(-1), {
      name: "v1-share",
      arm: "v2",
      percent: 33.33,
      key: { header: "x-user" },
      salt: "n/a",
    });
    assert.doesNotMatch(err, /TG8106/);
  });

  it("are none without a key, and that is said", async () => {
    const { policies, err } = await imported(WEIGHTS);
    const { rules, default: standard } = configOf<Canary>(policies[0]);
    assert.deepEqual([standard, rules.length], ["v1", 1]);
    assert.match(
      err,
      /^<stdin>:\d+:\d+: warning TG8106 spec\.http\[1\]\.route: 33\.33 % to v2: .*by chance.*so v1 gets all\. Name one/m,
    );
  });
});

const POLICY = (condition: string, quota: string): string => `
apiVersion: microservice.slime.io/v1alpha2
kind: SmartLimiter
metadata: { name: a }
spec:
  sets:
    _base:
      descriptor:
        - { condition: "${condition}", action: { quota: "${quota}", fill_interval: { seconds: 1 } } }
`;

describe("expressions of Slime", () => {
  interface Limits {
    rules: Record<string, unknown>[];
  }

  it("share a quota between the pods that are told", async () => {
    const told = await imported(POLICY("true", "100/{{._base.pod}}"), "--replicas", "4");
    assert.deepEqual(configOf<Limits>(told.policies[0]).rules[0]?.["quota"], {
      requests: 100,
      per: "second",
      replicas: 4,
    });
    const untold = await imported(POLICY("true", "100/{{._base.pod}}"));
    assert.deepEqual(configOf<Limits>(untold.policies[0]).rules[0]?.["quota"], { requests: 100, per: "second" });
    assert.match(untold.err, /TG8107 .*quota: the number of pods is not known/);
  });

  it("decide by the number of pods", async () => {
    const more = await imported(POLICY("{{._base.pod}}>3", "{{._base.pod}}*10"), "--replicas", "4");
    assert.deepEqual(configOf<Limits>(more.policies[0]).rules, [
      { name: "all", quota: { requests: 40, per: "second" } },
    ]);
    const fewer = await imported(POLICY("{{._base.pod}}>3", "10"), "--replicas", "3");
    assert.equal(fewer.policies.length, 0);
    assert.match(fewer.err, /TG8104 .*condition: it does not hold with so many pods/);
  });

  it("are shadows where metrics are not known, and conditions where they are", async () => {
    const unknown = await imported(POLICY("{{._base.rt}}>100", "10"));
    assert.equal(configOf<Limits>(unknown.policies[0]).rules[0]?.["shadow"], true);
    const known = await imported(POLICY("{{._base.rt}}>100", "10"), "--metric", "_base.rt=latency.p99 / 1ms");
    assert.deepEqual(configOf<Limits>(known.policies[0]).rules[0]?.["conditions"], [
      { name: "imported", when: "(latency.p99 / 1ms) > 100", then: { quota: { requests: 10, per: "second" } } },
    ]);
  });

  it("are left out with the plugin's words where it refuses the signal", async () => {
    const { policies, err } = await imported(POLICY("{{._base.rt}}>100", "10"), "--metric", "_base.rt=latency.p98");
    assert.equal(policies.length, 0);
    assert.match(err, /TG8104 spec\.sets\._base\.descriptor\[0\]: the rule is left out: ratelimit: .*latency\.p98/);
  });
});

const FILTER = (name: string, extra: string): string => `
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND }
      patch:
        operation: INSERT_BEFORE
        value:
          name: envoy.filters.http.local_ratelimit
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
            stat_prefix: ${name}
            filter_enabled: { default_value: { numerator: 100 } }
            filter_enforced: { default_value: { numerator: 100 } }
            token_bucket: { max_tokens: 9, tokens_per_fill: 9, fill_interval: 1s }
            ${extra}`;

const ROUTE = (name: string): string => `
    - applyTo: HTTP_ROUTE
      match: { context: SIDECAR_INBOUND, routeConfiguration: { vhost: { route: { name: ${name} } } } }
      patch:
        operation: MERGE
        value: { route: { rate_limits: [{ actions: [{ generic_key: { descriptor_value: a } }] }] } }`;

const DESCRIPTOR =
  "descriptors: [{ entries: [{ key: generic_key, value: a }], token_bucket: { max_tokens: 2, tokens_per_fill: 2, fill_interval: 1s } }]";

describe("patches of an EnvoyFilter", () => {
  const filter = (...patches: string[]): string => `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: a }
spec:
  workloadSelector: { labels: { app: a } }
  configPatches:${patches.join("")}
`;
  const rulesOf = async (...patches: string[]): Promise<unknown[]> => {
    const { policies } = await imported(filter(...patches));
    return configOf<{ rules: { name: string; shadow?: boolean }[] }>(policies[0]).rules.map(({ name, shadow }) => [
      name,
      shadow === true,
    ]);
  };

  it("that insert two filters are two limits", async () => {
    assert.deepEqual(await rulesOf(FILTER("one", ""), FILTER("two", "")), [
      ["one", false],
      ["two", false],
    ]);
  });

  it("on routes write the descriptors of the filter; of a route with a name a shadow", async () => {
    const both = [
      ["a", false],
      ["one", false],
    ];
    assert.deepEqual(await rulesOf(FILTER("one", DESCRIPTOR), ROUTE("default")), both);
    assert.deepEqual(await rulesOf(FILTER("one", DESCRIPTOR), ROUTE("slow")), [["a", true], both[1]]);
  });
});
