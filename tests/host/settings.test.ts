// `settings` of each release module: which configuration serves which request.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type Plugin, type PluginModule, type PropertyMap, Proxy } from "../../tools/host/index.js";
import { CanaryRig } from "../support/canary.js";
import { ordinaryHeaders } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";
import { Rig } from "../support/ratelimit.js";
import { type Settings, settingsOf } from "../support/settings.js";

/** A configuration of ratelimit that admits so many requests. */
function limit(requests: number): { rules: { name: string; quota: { requests: number; per: "hour" } }[] } {
  return { rules: [{ name: "all", quota: { requests, per: "hour" } }] };
}

const SHOPS = {
  ...limit(5),
  settings: [
    { name: "checkout", match: { hosts: ["shop.example"], paths: [{ prefix: "/checkout" }] }, config: limit(2) },
    { name: "shops", match: { hosts: ["*.example"] }, config: limit(3) },
    { name: "health", match: { paths: [{ exact: "/healthz" }] }, disabled: true },
  ],
};

const at = (host: string, path = "/"): HeaderList => [
  [":authority", host],
  [":path", path],
];

describe("ratelimit with settings", () => {
  let module: PluginModule;
  before(async () => {
    module = await pluginModule("ratelimit");
  });

  test("counts what each setting serves by itself, and what none does by the keys beside them", async () => {
    const rig = await Rig.start(module, SHOPS);
    assert.equal(rig.admitted(10, at("SHOP.example:8080", "/checkout/1?q")), 2);
    assert.equal(rig.admitted(10, at("shop.example", "/")), 3);
    assert.equal(rig.admitted(10, at("a.b.example", "/checkout")), 0, "the same setting, used up already");
    assert.equal(rig.admitted(10, at("other.test")), 5);
    assert.equal(rig.admitted(10, at("other.test", "/healthz")), 10);
    assert.equal(rig.admitted(10, at("shop.example", "/healthz")), 0, "a host is more specific than a path");
  });

  test("has metrics for each setting, and adds none for those that pass untouched", async () => {
    const rig = await Rig.start(module, SHOPS);
    rig.admitted(3, at("shop.example", "/checkout"));
    rig.admitted(1, at("other.test"));
    assert.equal(rig.count("all", "admitted"), 1);
    const value = (name: string) =>
      rig.proxy.metrics.value(`setting=.=checkout;.;rule=.=all;.;tidegate_ratelimit_${name}`);
    assert.equal(value("admitted_total"), 2);
    assert.equal(value("rejected_total"), 1);
    assert.equal(rig.proxy.metrics.value("setting=.=health;.;tidegate_ratelimit_host_errors_total"), undefined);
  });

  test("lets requests pass untouched that no setting is for, when it is disabled beside them", async () => {
    const rig = await Rig.start(module, { ...SHOPS, rules: undefined, disabled: true } as never);
    assert.equal(rig.plugin.ok, true);
    assert.equal(rig.admitted(10, at("other.test")), 10);
    assert.equal(rig.admitted(10, at("shop.example")), 3);
  });

  test("has what its workers share apart by the setting's name, so that all have one quota", async () => {
    const proxy = new Proxy();
    const rigs = [await Rig.start(module, SHOPS, proxy), await Rig.start(module, SHOPS, proxy)];
    const admitted = rigs.map((rig) => rig.admitted(10, at("shop.example", "/checkout")));
    assert.equal(admitted[0]! + admitted[1]!, 2);
  });

  test("ends a stream under the setting that it began under", async () => {
    const capacity = { concurrency: { initial_limit: 1, min_limit: 1, max_limit: 1 } };
    const settings = [{ name: "one", match: { hosts: ["one.example"] }, config: capacity }];
    const rig = await Rig.start(module, { ...limit(100), settings } as never);
    assert.equal(rig.plugin.ok, true, JSON.stringify(rig.proxy.logs));
    for (let i = 0; i < 200; i++) {
      const stream = rig.plugin.openStream();
      stream.requestHeaders([...ordinaryHeaders.slice(1), ...at("one.example").slice(0, 1)], true);
      assert.equal(stream.localResponse, undefined, `stream ${i}`);
      if (i % 2) stream.responseHeaders([[":status", "200"]], true);
      stream.close();
    }
  });

  test("takes another configuration in place, with settings and without", async () => {
    const rig = await Rig.start(module, limit(1) as never);
    const configured = (configuration: object) => rig.vm.startPlugin({ rootId: "ratelimit", name: "ratelimit", configuration: JSON.stringify(configuration) }); // prettier-ignore
    assert.equal(admittedOf(configured(SHOPS), at("shop.example", "/checkout"), 5), 2);
    assert.equal(admittedOf(configured({ disabled: true }), at("shop.example", "/checkout"), 5), 5);
    assert.equal(admittedOf(configured(limit(1)), at("shop.example", "/checkout"), 5), 1);
  });
});

function admittedOf(plugin: Plugin, headers: HeaderList, count: number): number {
  assert.equal(plugin.ok, true);
  let admitted = 0;
  for (let i = 0; i < count; i++) {
    const stream = plugin.openStream();
    stream.requestHeaders([...ordinaryHeaders.filter(([name]) => !headers.some(([other]) => other === name)), ...headers], true); // prettier-ignore
    if (!stream.localResponse) admitted++;
    stream.close();
  }
  return admitted;
}

describe("canary with settings", () => {
  const to = (arm: string) => ({ rules: [{ name: "r", arm }] });
  const debug = { response_header: "x-arm" };

  test("decides a request by its setting, and tells of it what that decided", async () => {
    const settings = [
      { name: "a", match: { hosts: ["a.example"] }, config: { ...to("va"), debug } },
      { name: "b", match: { routes: ["b"] }, config: { ...to("vb"), debug } },
    ];
    const rig = await CanaryRig.start(await pluginModule("canary"), { ...to("base"), settings } as never);
    const send = (host: string, properties: PropertyMap = {}) => {
      const stream = rig.plugin.openStream({ properties });
      stream.requestHeaders([[":authority", host], ...ordinaryHeaders.slice(1)], true);
      return stream;
    };
    const streams = [send("a.example"), send("x.example"), send("a.example", { "xds.route_name": "b" })];
    const arms = streams.map((stream) => stream.request.headers.find(([name]) => name === "x-canary")?.[1]);
    assert.deepEqual(arms, ["va", "base", "vb"]);
    const told = streams.map((stream) => {
      stream.responseHeaders([[":status", "200"]], true);
      return stream.response.headers.find(([name]) => name === "x-arm")?.[1]?.replace(/;.*/, "");
    });
    assert.deepEqual(told.map((value) => value?.includes("va") ?? value?.includes("vb") ?? false), [true, false, false], JSON.stringify(told)); // prettier-ignore
    rig.plugin.tick();
    assert.equal(rig.proxy.metrics.value("setting=.=a;.;arm=.=va;.;tidegate_canary_requests_total"), 1);
    assert.equal(rig.proxy.metrics.value("arm=.=base;.;tidegate_canary_requests_total"), 1);
  });
});

test("trace starts traces where its setting says so", async () => {
  const settings: Settings = [{ name: "off", match: { paths: [{ template: "/v/{id}" }] }, config: { start: false } }];
  const module = await pluginModule("trace");
  const vm = await new Proxy().createVm(module);
  const plugin = vm.startPlugin({ rootId: "trace", configuration: JSON.stringify({ settings }) });
  assert.equal(plugin.ok, true);
  const traced = (path: string) => {
    const stream = plugin.openStream();
    stream.requestHeaders([[":path", path], ...ordinaryHeaders.filter(([name]) => name !== ":path")], true);
    return stream.request.headers.some(([name]) => name === "traceparent");
  };
  assert.deepEqual([traced("/v/1"), traced("/v/1/2"), traced("/v//1")], [false, true, false]);
});

describe("the host", () => {
  const settings: Settings = [
    { name: "port", match: { ports: [9080] }, config: limit(1) },
    { name: "out", match: { direction: "outbound" }, config: limit(2) },
    { name: "route", match: { routes: ["one"] }, config: limit(3) },
  ];
  const OUT = { "xds.listener_direction": 2n, "destination.port": 9080n, "xds.route_name": "one" };

  test("is asked for no more than the matches need, and nothing is allocated", async () => {
    const module = await pluginModule("ratelimit", "counting");
    const calls = async (some: Settings) => {
      const rig = await Rig.start(module, { ...limit(1000), settings: some } as never);
      rig.send([], OUT);
      const { counts } = rig.send([], OUT);
      assert.equal(counts.heapAllocations, 0);
      return counts.hostCallTotal;
    };
    const bare = (await calls([{ name: "x", match: { hosts: ["x.test"] }, config: limit(1) }])) - 1;
    assert.equal(await calls([{ name: "x", match: { paths: [{ prefix: "/x" }] }, config: limit(1) }]), bare + 1);
    assert.equal(await calls([settings[0]!]), bare + 1);
    assert.equal(await calls(settings.slice(0, 2)), bare + 1, "the port decides");
    assert.equal(await calls(settings), bare + 1, "the route decides");
    const rig = await Rig.start(module, limit(1000) as never);
    rig.send();
    assert.equal(rig.send().counts.hostCallTotal, bare, "without settings");
  });

  test("that does not answer is served by the keys beside the settings, and that is counted", async () => {
    const module = await pluginModule("ratelimit");
    const rig = await Rig.start(module, { ...limit(100), settings } as never);
    assert.equal(rig.admitted(5, [], OUT), 3);
    const fault = rig.proxy.faults.inject({ call: "proxy_get_property", status: 10 });
    assert.equal(rig.admitted(5, [], OUT), 5);
    fault.remove();
    assert.equal(rig.hostErrors(), 15, "a route, a port and a direction each");
    assert.equal(rig.admitted(5, []), 5, "nothing is known of the listener");
  });
});

test("256 settings are chosen among without host calls or allocations for each", async () => {
  const settings = settingsOf(256, (i) => ({ hosts: [`h${i}.example`], paths: [{ prefix: `/${i}/` }] }), limit(1));
  const rig = await Rig.start(await pluginModule("ratelimit", "counting"), { ...limit(1000), settings } as never);
  assert.equal(rig.plugin.ok, true);
  assert.equal(rig.admitted(2, at("h200.example", "/200/x")), 1);
  rig.send(at("h200.example", "/x"));
  const { counts } = rig.send(at("h200.example", "/x"));
  assert.equal(counts.heapAllocations, 0);
  assert.ok(counts.hostCallTotal <= 5, JSON.stringify(counts.hostCalls));
});
