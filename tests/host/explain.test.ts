import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type HeaderList, type PluginModule, Proxy } from "../../tools/host/index.js";
import { ordinaryHeaders } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

const match = { any: [{ header: { name: "x-user", in: ["1", "2"] } }, { header: { name: "x-a", prefix: "b" } }] };
const share = { key: { header: "x-user" }, salt: "s" };
const CONFIG = {
  default: "v1",
  trusted: { header: { name: "x-trusted", exact: "yes" } },
  rules: [
    { name: "some", match, arm: "v2" },
    { name: "share", match: { header: { name: "x-b", present: true } }, arm: "v3", percent: 50, ...share },
    { name: "lane", lane: { from: { header: "x-lane" }, lanes: ["team"] } },
  ],
};

async function start(config: object = CONFIG) {
  const proxy = new Proxy();
  const vm = await proxy.createVm(module);
  const plugin = vm.startPlugin({ name: "canary", rootId: "canary", configuration: JSON.stringify(config) });
  assert.ok(plugin.ok);
  return { proxy, plugin };
}

describe("tidegate_explain", () => {
  test("names the arm that the request gets, and leaves the request alone", async () => {
    const { plugin, proxy } = await start();
    const name = fc.constantFrom("x-user", "x-a", "x-b", "x-lane", "x-trusted", "x-canary");
    const value = fc.constantFrom("1", "3", "b", "", "yes", "team", "team.a", "v1", "v2", "v3");
    const decisions = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (more) => {
        const headers: HeaderList = [...ordinaryHeaders, ...more];
        const stream = plugin.openStream();
        const told = stream.explain(headers).map(({ message }) => message);
        plugin.tick();
        const [, arm] = /^explain: decided -?\d+ (\S+)$/.exec(told.at(-1)!) ?? [];
        assert.equal(stream.request.headers.length, 0, "nothing was sent on");
        assert.equal(stream.routeCacheClears, 0);
        stream.requestHeaders(headers, true);
        const sent = stream.request.headers.filter(([header]) => header === "x-canary");
        assert.deepEqual(sent, [["x-canary", arm]]);
        stream.close();
        decisions.add(told.at(-1)!);
      }),
      { numRuns: 2000, seed: 20261121 },
    );
    assert.ok(decisions.size >= 6, [...decisions].join());
    assert.equal(proxy.metrics.value("tidegate_canary_host_errors_total") ?? 0, 0);
  });

  test("counts no request", async () => {
    const { plugin, proxy } = await start();
    const count = (): number | undefined => {
      plugin.tick();
      return proxy.metrics.value("arm=.=v1;.;tidegate_canary_requests_total");
    };
    const stream = plugin.openStream();
    stream.explain(ordinaryHeaders);
    assert.equal(count(), 0);
    stream.requestHeaders(ordinaryHeaders, true);
    assert.equal(count(), 1);
  });

  test("is refused for a module that does not export it", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(await pluginModule("trace"));
    const plugin = vm.startPlugin({ name: "trace", rootId: "trace", configuration: "{}" });
    assert.throws(() => plugin.openStream().explain(ordinaryHeaders), /does not export tidegate_explain/);
  });
});
