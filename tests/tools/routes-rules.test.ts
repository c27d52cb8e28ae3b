import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ArmRoute, EnvoySettings, PolicyDocument, PolicySpec, Routes } from "../../tools/policy/model.js";
import { gatewayApi } from "../../tools/routes/gateway-api.js";
import { istioRoutes } from "../../tools/routes/istio.js";
import { routeFaults } from "../../tools/routes/rules.js";

const RULES = [
  { name: "one", arm: "v2", match: { header: { name: "x", exact: "1" } } },
  { name: "two", split: [{ arm: "v3", percent: 1 }], key: { header: "x" }, salt: "a" },
  { name: "dev", lane: { from: { header: "x-lane" }, lanes: ["team.alice", "team"] } },
];
const SERVED = ["v1", "v2", "v3", "team.alice", "team"];

interface Given {
  config?: object;
  routes?: Partial<Routes> | null;
  envoy?: EnvoySettings;
  spec?: Partial<PolicySpec>;
}

function policy({ config = {}, routes = {}, envoy, spec }: Given): PolicyDocument {
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "shop" },
    spec: {
      workload: { labels: { app: "client" } },
      attach: { direction: "outbound" },
      plugins: [{ name: "canary", config: { default: "v1", rules: RULES, ...config } }],
      ...(routes === null ? {} : { routes: { arms: arms(...SERVED), ...routes } }),
      ...(envoy ? { envoy } : {}),
      ...spec,
    },
  };
}

const arms = (...names: string[]): ArmRoute[] => names.map((name) => ({ name }));

/** Faults as "place severity code message", canary's configuration and spec left out of the place. */
function faults(given: Given, by = routeFaults): string[] {
  return by(policy(given)).map(
    ({ path, code, severity, message }) =>
      `${path.join(".").replace(/^spec\.(plugins\.0\.config\.)?/, "")} ${severity ?? "error"} ${code} ${message}`,
  );
}

describe("routes", () => {
  it("that serve every arm and lane are sound", () => assert.deepEqual(faults({}), []));

  it("must serve each arm that canary gives, in whatever way it does", () => {
    const without = (name: string): string[] =>
      faults({ routes: { arms: arms(...SERVED.filter((one) => one !== name)) } });
    assert.deepEqual(without("v1"), ["default error TG3101 no route serves the arm v1"]);
    assert.deepEqual(without("v2"), ["rules.0.arm error TG3101 no route serves the arm v2"]);
    assert.deepEqual(without("v3"), ["rules.1.split.0.arm error TG3101 no route serves the arm v3"]);
    assert.deepEqual(without("team"), ["rules.2.lane.lanes.1 error TG3102 no route serves the lane team"]);
  });

  it("may serve more arms than canary gives: an arm is routed before it is chosen", () => {
    assert.deepEqual(faults({ routes: { arms: arms(...SERVED, "v4") } }), []);
  });

  it("tell an arm once, and the name that was meant", () => {
    const [fault, ...others] = routeFaults(
      policy({
        config: { rules: [...RULES, { name: "more", arm: "v2" }] },
        routes: { arms: arms("v1", "V2", "v3", "team.alice", "team") },
      }),
    );
    assert.match(fault?.remedy ?? "", /^Did you mean "V2"\? If not, add \{ name: v2, /);
    assert.deepEqual(others, []);
  });

  it("need an arm for requests without a decision", () => {
    const told = "routes error TG3107 nothing says which arm serves requests without a decision";
    assert.deepEqual(faults({ config: { default: undefined } }), [told]);
    assert.deepEqual(faults({ config: { default: undefined }, routes: { fallback: "v2" } }), []);
    assert.deepEqual(faults({ routes: { fallback: "v9" } }), [
      "routes.fallback error TG3101 no route serves the arm v9",
    ]);
  });

  it("need canary, and a direction that has routes", () => {
    assert.match(faults({ spec: { plugins: [{ name: "trace" }] } })[0]!, /^routes error TG3107 routes need the plugin/);
    assert.match(faults({ spec: { attach: {} } })[0]!, /^routes error TG3107 requests that come into a workload/);
  });

  it("have each arm, value and subset once", () => {
    const of = (...more: ArmRoute[]): string[] => faults({ routes: { arms: [...arms(...SERVED), ...more] } });
    assert.deepEqual(of({ name: "v2" }), ["routes.arms.5.name error TG3107 the arm v2 stands twice"]);
    assert.deepEqual(of({ name: "team-alice", labels: { a: "b" } }), []);
    assert.deepEqual(faults({ config: { arms: [{ name: "v2", value: "v3" }] } }), [
      "routes.arms.2.name error TG3107 v2 and v3 have the same value of the decision header",
    ]);
    const [one, two] = [
      { name: "a.b", labels: { v: "1" } },
      { name: "a_b", labels: { v: "2" } },
    ];
    assert.deepEqual(of(one, two), ["routes.arms.6 error TG3107 a.b and a_b would be one subset, a-b"]);
    assert.deepEqual(of(one, { ...two, subset: "other" }), []);
    assert.deepEqual(of(one, { ...two, labels: one.labels }), []);
  });

  it("of a service tell its parts apart", () => {
    const named = (more: Partial<ArmRoute>): ArmRoute[] =>
      SERVED.map((name) => ({ name, labels: { v: name } as Record<string, string>, ...(name === "team" ? more : {}) }));
    const of = (more: Partial<ArmRoute>): string[] => faults({ routes: { service: "shop", arms: named(more) } });
    assert.deepEqual(of({}), []);
    const bare = named({}).map(({ name, labels }) =>
      name === "team" || name === "v2" ? { name } : { name, labels: labels! },
    );
    assert.deepEqual(faults({ routes: { service: "shop", arms: bare } }), [
      "routes.arms.1 error TG3101 nothing says which part of shop is the arm v2",
      "routes.arms.4 error TG3102 nothing says which part of shop is the lane team",
    ]);
    assert.deepEqual(of({ service: "own" }), [
      "routes.arms.4.service error TG2008 a service of its own excludes labels and subset",
    ]);
    assert.deepEqual(of({ port: 80 }), ["routes.arms.4.port error TG2008 a port without a service of its own"]);
  });
});

describe("routes of plain Envoy", () => {
  const upstream = (name: string, more: object = {}) => ({ name, address: "127.0.0.1", port: 80, ...more });
  const all = SERVED.map((name) => upstream(name.replace(".", "-")));
  const served: Partial<Routes> = { arms: SERVED.map((name) => ({ name, upstream: name.replace(".", "-") })) };
  const of = (envoy: EnvoySettings, config: object = {}): string[] => faults({ envoy, config, routes: served });

  it("have an upstream for each arm, and an arm for each upstream", () => {
    assert.deepEqual(of({ upstreams: all }), []);
    assert.deepEqual(of({ upstreams: all.slice(0, 4) }), [
      "routes.arms.4.upstream error TG3101 no upstream serves the arm team in plain Envoy",
    ]);
    assert.match(
      of({ upstreams: [...all, upstream("idle")] })[0]!,
      /^envoy\.upstreams\.5 error TG3009 .* idle: no arm/,
    );
    const when = { header: "x-tool", exact: "1" };
    assert.deepEqual(of({ upstreams: [...all, upstream("tools", { when })] }), []);
    const lists = { testers: { fetch: { cluster: "idle" } } };
    assert.deepEqual(of({ upstreams: [...all, upstream("idle")] }, { lists }), []);
  });

  it("by weight want each value to be the arm's place", () => {
    const places = SERVED.map((name, i) => ({ name, value: String(i) }));
    assert.deepEqual(of({ routing: "weighted", upstreams: all }, { arms: places }), []);
    assert.deepEqual(of({ routing: "weighted", upstreams: all }, { arms: places.slice(0, 4) }), [
      "routes.arms.4.name error TG3107 with routing: weighted the value of team is its place among the arms, 4, not team",
    ]);
  });

  it("by the cluster's name have no cluster twice", () => {
    const tools = upstream("two", { port: 81, when: { header: "x-tool", exact: "1" } });
    const values = { arms: [{ name: "v2", value: "two" }] };
    assert.deepEqual(of({ routing: "clusterHeader", upstreams: [...all, tools] }), []);
    assert.deepEqual(of({ routing: "clusterHeader", upstreams: [...all, tools] }, values), [
      "envoy.upstreams error TG3107 two clusters would be called two",
    ]);
  });

  it("may have an upstream that serves an arm and a condition", () => {
    const both = all.map((one) => (one.name === "v2" ? { ...one, when: { header: "x-tool", exact: "1" } } : one));
    for (const routing of ["header", "clusterHeader", "metadata"] as const) {
      assert.deepEqual(of({ routing, upstreams: both }), [], routing);
    }
  });

  it("by metadata speak one protocol", () => {
    const mixed = [...all.slice(0, 4), { ...all[4]!, http2: true }];
    assert.match(
      of({ routing: "metadata", upstreams: mixed })[0]!,
      /^envoy\.upstreams\.4 error TG3107 .* HTTP\/1 or HTTP\/2$/,
    );
    assert.deepEqual(of({ routing: "metadata", upstreams: all.map((one) => ({ ...one, http2: true })) }), []);
    assert.deepEqual(of({ routing: "header", upstreams: mixed }), []);
  });
});

describe("upstreams with conditions, without routes", () => {
  const v1 = { name: "v1", address: "127.0.0.1", port: 81 };
  const v2 = { name: "v2", address: "127.0.0.1", port: 82, when: { header: "x-canary", exact: "v2" } };
  const of = (rules: object[], upstreams: object[] = [v1, v2], config: object = {}): string[] =>
    faults({ routes: null, config: { rules, ...config }, envoy: { upstreams } as EnvoySettings });

  it("must serve the arms", () => {
    assert.deepEqual(of([{ arm: "v2" }, { arm: "v1" }]), []);
    assert.deepEqual(of([{ arm: "v2" }, { arm: "v3" }]), [
      "rules.1.arm error TG3101 no upstream is for the arm v3, so v1 would get its requests",
    ]);
    assert.match(of([{ lane: { lanes: ["a"] } }])[0]!, /^rules\.0\.lane\.lanes\.0 error TG3102/);
    assert.match(of([{ arm: "v2" }], [v1, v2], { arms: [{ name: "v2", value: "2" }] })[0]!, /TG3101/);
  });

  it("may serve the default by the one without a condition, whatever its name", () => {
    assert.deepEqual(of([{ arm: "v2" }], [{ ...v1, name: "stable" }, v2]), []);
  });

  it("are not asked when none of them looks at the decision", () => {
    assert.deepEqual(of([{ arm: "v3" }], [v1]), []);
    assert.deepEqual(of([{ arm: "v3" }], [v1, { ...v2, when: { header: "x-other", exact: "v2" } }]), []);
  });
});

describe("targets", () => {
  const labelled = SERVED.map((name) => ({ name, labels: { v: name } as Record<string, string> }));
  const istio = (routes: Partial<Routes>, spec: Partial<PolicySpec> = {}): string[] =>
    faults({ routes: { arms: labelled, ...routes }, spec }, istioRoutes.faults);

  it("Istio wants the service, and gateways for a gateway", () => {
    assert.deepEqual(istio({ service: "shop" }), []);
    assert.match(istio({})[0]!, /^routes error TG3107 nothing says which service/);
    const gateway = { workload: undefined, attach: {}, gateway: { labels: { istio: "gw" } } } as Partial<PolicySpec>;
    assert.match(istio({ service: "shop" }, gateway)[0]!, /^routes error TG3107 routes of a gateway name no gateway/);
    assert.deepEqual(istio({ service: "shop", gateways: ["gw"] }, gateway), []);
  });

  it("Istio needs no service when hosts are given and each arm has a service of its own", () => {
    const arms = SERVED.map((name) => ({ name, service: name }));
    assert.deepEqual(istio({ hosts: ["shop.example"], arms }), []);
    assert.match(istio({ arms })[0]!, /nothing says which service/);
    assert.match(istio({ hosts: ["shop.example"], arms: [...arms, labelled[0]!] })[0]!, /nothing says which service/);
  });

  it("Istio takes each host once, and * for gateways only", () => {
    const of = (hosts: string[], gateways?: string[]): string[] =>
      istio({ service: "shop", hosts, ...(gateways ? { gateways } : {}) }).map((told) => told.replace(/ TG3107.*/, ""));
    assert.deepEqual(of(["*"]), ["routes.hosts.0 error"]);
    assert.deepEqual(of(["*"], ["gw", "mesh"]), ["routes.hosts.0 error"]);
    assert.deepEqual(of(["*"], ["gw"]), []);
    assert.deepEqual(of(["a.example", "b.a.example", "*.b.example"]), []);
    assert.deepEqual(of(["a.example", "*.b.example", "x.b.example"]), ["routes.hosts.2 error"]);
    assert.deepEqual(of(["*.x.b.example", "*.b.example", "b.example"]), ["routes.hosts.0 error"]);
  });

  it("Istio cannot fall back", () => {
    assert.match(istio({ service: "shop", missing: "fallback" })[0]!, /^routes\.missing warning TG3011 Istio cannot/);
    assert.deepEqual(istio({ service: "shop", missing: "unavailable" }), []);
  });

  it("the Gateway API wants a gateway, a port, and a service for each arm", () => {
    const services = SERVED.map((name) => ({ name, service: name }));
    const of = (routes: Partial<Routes>, spec: Partial<PolicySpec> = {}): string[] =>
      faults({ routes: { arms: services, ...routes }, spec }, gatewayApi.faults);
    assert.deepEqual(of({ port: 80, gateways: ["gw"] }), []);
    assert.deepEqual(of({ port: 80 }, { gateway: { name: "gw" } }), []);
    assert.match(of({ port: 80 })[0]!, /^routes error TG3107 nothing says which gateway/);
    assert.match(of({ gateways: ["gw"] })[0]!, /^routes error TG3107 the Gateway API routes to a port/);
    assert.deepEqual(of({ gateways: ["gw"], arms: services.map((arm) => ({ ...arm, port: 1 })) }), []);
    assert.match(of({ port: 80, gateways: ["gw"], arms: labelled })[0]!, /^routes\.arms\.0 error TG3107 .* no subsets/);
    assert.match(of({ port: 80, gateways: ["gw"], missing: "fallback" })[0]!, /^routes\.missing warning TG3011/);
  });

  it("the Gateway API routes to Kubernetes services, and knows no host *", () => {
    const of = (service: string, hosts = ["a.example"]): string[] =>
      faults({ routes: { port: 80, gateways: ["gw"], hosts, arms: [{ name: "v1", service }] } }, gatewayApi.faults);
    for (const service of ["a", "a.shop", "a.shop.svc", "a.shop.svc.cluster.local"]) assert.deepEqual(of(service), []);
    assert.match(
      of("a.shop.example")[0]!,
      /^routes\.arms\.0\.service error TG3107 .* a\.shop\.example is the host of none/,
    );
    assert.match(of("a", ["*"])[0]!, /^routes\.hosts\.0 error TG3107 the Gateway API knows no host/);
  });

  it("the Gateway API gets as many HTTPRoutes as its 16 rules each take, no two of one name", () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ name: `v${i}`, service: `s${i}` }));
    const made = gatewayApi.generate(policy({ routes: { port: 80, gateways: ["gw"], arms: many } })) as Route[];
    assert.deepEqual(
      made.map(({ spec }) => spec.rules.length),
      [16, 16, 8],
    );
    assert.deepEqual(
      made.map(({ metadata }) => metadata.name),
      ["shop", "shop.2", "shop.3"],
    );
    const hasRest = made.map(({ spec }) => spec.rules.filter(({ matches }) => !matches).length);
    assert.deepEqual(hasRest, [1, 0, 0], "the first, whose name stays, takes the rest");
  });
});

interface Route {
  metadata: { name: string };
  spec: { rules: { matches?: object[] }[] };
}
