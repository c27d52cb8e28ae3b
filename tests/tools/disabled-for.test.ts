// Requests that Envoy leaves a plugin out for: who can do that, what is generated, and what is refused.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { covers, routeConfig, routeNameFaults } from "../../tools/generate/envoy-routes.js";
import { FORMS, TARGETS } from "../../tools/generate/targets.js";
import type { DisabledFor, PluginUse, PolicyDocument, PolicySpec } from "../../tools/policy/model.js";
import { ruleFaults } from "../../tools/policy/rules.js";

const MODULE = { moduleUrl: "file:///etc/{plugin}.wasm" };

function policy(disabledFor: DisabledFor | undefined, more: Partial<PolicySpec> = {}): PolicyDocument {
  const trace: PluginUse = { name: "trace", ...(disabledFor ? { disabledFor } : {}) };
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "edge" },
    spec: { gateway: { labels: { app: "higress-gateway" } }, tracer: "none", ...MODULE, plugins: [trace], ...more },
  };
}

/** Codes and places of what is found about `disabledFor`. */
function about(faults: readonly { code: string; severity?: string; path: readonly unknown[] }[]): string[] {
  return faults
    .filter(({ path }) => path.includes("disabledFor"))
    .map(({ code, severity = "error", path }) => `${severity} ${code} ${path.slice(4).join(".")}`.trim());
}

const EVERYWHERE = [...TARGETS, ...Object.values(FORMS)];
const CAN = ["istio-envoyfilter", "istio-envoyfilter-ecds", "envoy", "envoy-files"];
const HOSTS = { hosts: ["a.example"] };

describe("disabledFor", () => {
  it("is refused by targets without routes, which name those that can and the other way", () => {
    for (const { name, faults } of EVERYWHERE) {
      const gateway = name === "envoy-gateway" ? { gateway: { name: "edge" } } : {};
      assert.deepEqual(about(faults(policy(undefined, gateway), MODULE)), [], name);
      const found = faults(policy(HOSTS, gateway), MODULE).filter(({ path }) => path.includes("disabledFor"));
      const wanted = !CAN.includes(name) ? ["error TG3011"] : name.startsWith("istio") ? ["warning TG3605 hosts"] : [];
      assert.deepEqual(about(found), wanted, name);
      if (!CAN.includes(name))
        for (const { remedy } of found)
          assert.match(remedy ?? "", /settings .*disabled: true.*istio-envoyfilter.*envoy/);
    }
  });

  it("is not for inbound requests in Istio, where all have one route", () => {
    const { faults } = TARGETS.find(({ name }) => name === "istio-envoyfilter")!;
    const { gateway, ...rest } = policy(HOSTS).spec;
    assert.ok(gateway);
    const workload = (direction: "inbound" | "outbound"): Partial<PolicySpec> => ({
      ...rest,
      workload: { labels: { a: "b" } },
      attach: { direction },
    });
    const of = (spec: Partial<PolicySpec>): string[] =>
      about(faults({ ...policy(HOSTS), spec: spec as PolicySpec }, MODULE));
    assert.deepEqual(of(workload("inbound")), ["error TG3605"]);
    assert.deepEqual(of(workload("outbound")), []);
  });

  it("is doubtful where Istio joins hosts", () => {
    const { faults } = TARGETS.find(({ name }) => name === "istio-envoyfilter")!;
    const both = about(faults(policy({ hosts: ["*.a.example", "a.example"] }), MODULE));
    assert.deepEqual(both, ["warning TG3605 hosts", "warning TG3605 hosts.0"]);
    assert.deepEqual(about(faults(policy({ routes: ["health"] }), MODULE)), []);
  });

  it("becomes patches of Istio's virtual hosts and routes, on the ports of the policy", () => {
    const { generate } = TARGETS.find(({ name }) => name === "istio-envoyfilter")!;
    const given = policy({ hosts: ["a.example"], routes: ["health"] }, { attach: { ports: [80, 81] } });
    const [filter] = generate(given, MODULE) as [
      { spec: { configPatches: { applyTo: string; match: object; patch: object }[] } },
    ];
    const patches = filter.spec.configPatches.filter(({ applyTo }) => applyTo !== "HTTP_FILTER");
    const off = { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", disabled: true };
    const patch = { operation: "MERGE", value: { typed_per_filter_config: { "tidegate.edge.trace": off } } };
    const on = (portNumber: number, vhost: object): object => ({
      context: "GATEWAY",
      routeConfiguration: { portNumber, vhost },
    });
    assert.deepEqual(
      patches,
      [80, 81].flatMap((port) => [
        { applyTo: "VIRTUAL_HOST", match: on(port, { domainName: "a.example" }), patch },
        { applyTo: "HTTP_ROUTE", match: on(port, { route: { name: "health" } }), patch },
      ]),
    );
  });

  it("leaves plain Envoy's routes alone where nothing is disabled", () => {
    const routes = [{ name: "rest" }];
    const all = { name: "tidegate", virtual_hosts: [{ name: "all", domains: ["*"], routes }] };
    assert.deepEqual(routeConfig(policy(undefined), routes), all);
  });

  it("has a virtual host for all hosts without the same plugins", () => {
    const plugins: PluginUse[] = [
      { name: "trace", disabledFor: { hosts: ["*.a.example", "b.example"] } },
      { name: "canary", disabledFor: { hosts: ["x.a.example", "b.example"] } },
    ];
    const { virtual_hosts: hosts } = routeConfig(policy(undefined, { plugins }), []) as {
      virtual_hosts: { name: string; domains: string[]; typed_per_filter_config?: object }[];
    };
    assert.deepEqual(
      hosts.map(({ name, domains, typed_per_filter_config: off = {} }) => [name, domains, Object.keys(off).length]),
      [
        ["without trace", ["*.a.example"], 1],
        ["without trace,canary", ["b.example", "x.a.example"], 2],
        ["all", ["*"], 0],
      ],
    );
    assert.ok(covers("*.a.example", "b.a.example") && covers("*.a.example", "*.b.a.example"));
    assert.ok(!covers("*.a.example", "a.example") && !covers("b.a.example", "*.a.example"));
  });

  it("names routes that plain Envoy has", () => {
    const routes = [{ name: "rest" }, {}];
    assert.deepEqual(about(routeNameFaults(policy({ routes: ["rest"] }), routes)), []);
    assert.deepEqual(about(routeNameFaults(policy({ routes: ["rest", "best"] }), routes)), ["error TG3605 routes.1"]);
  });

  it("names no arm, since clients could then choose, and no plugin that runs after the router", () => {
    const routes = { service: "reviews", arms: [{ name: "v1" }, { name: "v2" }] };
    assert.deepEqual(about(ruleFaults(policy({ routes: ["health", "v2"] }, { routes }), [])), [
      "error TG3605 routes.1",
    ]);
    assert.deepEqual(about(ruleFaults(policy({ routes: ["v2"] }), [])), []);
    assert.deepEqual(about(ruleFaults(policy(HOSTS, { tracer: "propagates" }), [])), ["error TG3605"]);
  });
});

const warned = (setting: object, more: Partial<PolicySpec>): string[] => {
  const settings = [{ name: "s", disabled: true, ...setting }];
  const given = policy(undefined, { ...more, plugins: [{ name: "trace", config: { settings } }] });
  return ruleFaults(given, [])
    .filter(({ code }) => code === "TG3603" || code === "TG3604")
    .map(({ code, severity, path }) => `${severity} ${code} ${path.slice(6).join(".")}`);
};

describe("a setting that no request meets", () => {
  const { gateway, ...rest } = policy(undefined).spec;
  const inbound = { ...rest, gateway: undefined, workload: { labels: { a: "b" } } } as unknown as Partial<PolicySpec>;

  it("is of a direction that the policy is not attached to", () => {
    assert.deepEqual(warned({ match: { direction: "inbound" } }, inbound), []);
    assert.deepEqual(warned({ match: { direction: "outbound" } }, inbound), ["warning TG3603 match.direction"]);
    assert.deepEqual(warned({ match: { direction: "inbound" } }, { gateway: gateway! }), [
      "warning TG3603 match.direction",
    ]);
  });

  it("is found on the stable side of a rollout", () => {
    const settings = [{ name: "s", match: { ports: [81] }, disabled: true }];
    const stable = { plugins: [{ name: "trace", config: { settings } }] };
    const rollout = { percent: 1, salt: "a", stable };
    const given = policy(undefined, { attach: { ports: [80] }, plugins: [{ name: "trace" }], rollout });
    const found = ruleFaults(given, []).filter(({ code }) => code === "TG3603");
    assert.deepEqual(found.map(({ path }) => path.slice(0, 4)), [["spec", "rollout", "stable", "plugins"]]); // prettier-ignore
    const known = [{ code: "TG2001", path: ["spec", "rollout", "x"], message: "" }] as const;
    assert.deepEqual(ruleFaults(given, known).filter(({ code }) => code === "TG3603"), []); // prettier-ignore
  });

  it("is of ports that the policy is not attached to", () => {
    assert.deepEqual(warned({ match: { ports: [80, 81] } }, { attach: { ports: [80] } }), [
      "warning TG3603 match.ports.1",
    ]);
    assert.deepEqual(warned({ match: { ports: [80] } }, { attach: { ports: [80, 81] } }), []);
    assert.deepEqual(warned({ match: { ports: [80] } }, {}), []);
  });

  it("is of hosts or routes that no route has, where the policy says which there are", () => {
    const routes = (hosts?: string[]): Partial<PolicySpec> => ({
      routes: { service: "r", arms: [{ name: "v1" }], ...(hosts ? { hosts } : {}) },
    });
    const hosts = { match: { hosts: ["Shop.example", "a.shop.example", "*.example", "bank.example"] } };
    assert.deepEqual(warned(hosts, routes(["shop.example", "*.shop.example"])), ["warning TG3604 match.hosts.3"]);
    assert.deepEqual(warned(hosts, routes(["*"])), []);
    assert.deepEqual(warned(hosts, routes()), []);
    const named = { match: { routes: ["v1", "health", "v3"] } };
    const upstreams = [{ name: "health", address: "127.0.0.1", port: 1, when: { header: "x", exact: "y" } }];
    assert.deepEqual(warned(named, { ...routes(), envoy: { upstreams } }), ["warning TG3604 match.routes.2"]);
    assert.deepEqual(warned(named, {}), []);
  });

  it("can have any shape", () => {
    for (const setting of [{}, { match: 1 }, { match: { ports: "x", hosts: [1, null], routes: {}, direction: 1 } }])
      assert.deepEqual(warned(setting, { attach: { ports: [80] } }), []);
    const given = policy(undefined, { plugins: [{ name: "trace", config: { settings: 1 } }] });
    assert.doesNotThrow(() => ruleFaults(given, []));
  });
});
