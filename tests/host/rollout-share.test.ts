// Which proxies take a new configuration: 10,000 of them, by the release modules themselves.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { rolloutOf, State } from "../support/rollout.js";

const PROXIES = 10_000;
/** As Istio names the nodes of its sidecars. */
const nodeIds = Array.from({ length: PROXIES }, (_, i) => `sidecar~10.${i >> 8}.${i & 255}.7~shop-${i}.shop~shop.svc`);
const NOTHING = { disabled: true };
/** A count is further from what is expected once in 16 million. */
const DEVIATIONS = 5.4;

let module: PluginModule;

before(async () => {
  // The one that is told when a plugin ends, so that thousands can follow one another in a VM.
  module = await pluginModule("ratelimit");
});

/** The node ids, of the first `count`, whose proxies take the new configuration. */
async function takers(percent: number, salt: string, count = PROXIES): Promise<Set<string>> {
  const proxy = new Proxy();
  const vm = await proxy.createVm(module);
  const configuration = JSON.stringify(rolloutOf(NOTHING, NOTHING, { percent, salt, revert: { enabled: false } }));
  const taken = nodeIds.slice(0, count).filter((id) => {
    const plugin = vm.startPlugin({ configuration, properties: { "xds.node.id": id } });
    assert.ok(plugin.ok);
    plugin.done();
    return proxy.metrics.value(`rollout=.=${salt};.;tidegate_ratelimit_rollout_state`) === State.new;
  });
  return new Set(taken);
}

function assertShare(count: number, of: number, share: number): void {
  const slack = DEVIATIONS * Math.sqrt(of * share * (1 - share));
  assert.ok(Math.abs(count - of * share) <= slack, `${count} of ${of}, where ${of * share} were expected`);
}

describe("the share of proxies", () => {
  test("is what it says, and another salt deals them anew", async () => {
    const share = 0.25;
    const [one, other] = [await takers(100 * share, "one"), await takers(100 * share, "other")];
    assertShare(one.size, PROXIES, share);
    assertShare(other.size, PROXIES, share);
    assertShare([...one].filter((id) => other.has(id)).length, one.size, share);
  });

  test("only grows when it is raised, from none to all", async () => {
    const count = 1_000;
    let smaller = new Set<string>();
    for (const percent of [0, 0.5, 3, 33.33, 90, 100]) {
      const larger = await takers(percent, "grows", count);
      assert.deepEqual([...smaller].filter((id) => !larger.has(id)), [], `at ${percent} %`); // prettier-ignore
      assertShare(larger.size, count, percent / 100);
      smaller = larger;
    }
    assert.equal(smaller.size, count);
  });

  test("is the same in every plugin", async () => {
    for (const name of ["canary", "trace"]) {
      const vm = await new Proxy().createVm(await pluginModule(name));
      const configuration = JSON.stringify(
        rolloutOf(NOTHING, NOTHING, { percent: 20, salt: "same", revert: { enabled: false } }),
      );
      const states = nodeIds.slice(0, 60).map((id) => {
        vm.startPlugin({ configuration, properties: { "xds.node.id": id } }).done();
        return vm.proxy.metrics.value(`rollout=.=same;.;tidegate_${name}_rollout_state`);
      });
      const expected = await takers(20, "same", 60);
      assert.deepEqual(states, nodeIds.slice(0, 60).map((id) => (expected.has(id) ? State.new : State.stable))); // prettier-ignore
    }
  });
});

describe("a proxy without a node id", () => {
  async function start(percent: number, proxy = new Proxy()): Promise<Proxy> {
    for (let i = 0; i < 3; i++) {
      const vm = await proxy.createVm(module);
      const configuration = JSON.stringify(rolloutOf(NOTHING, NOTHING, { percent, salt: "a" }));
      assert.ok(vm.startPlugin({ name: "ratelimit", configuration }).ok);
    }
    return proxy;
  }
  const stateOf = (proxy: Proxy) => proxy.metrics.value("rollout=.=a;.;tidegate_ratelimit_rollout_state");

  test("keeps the stable configuration, and says so once", async () => {
    const proxy = await start(99.99);
    assert.equal(stateOf(proxy), State.stable);
    const [line, ...others] = proxy.logs.map(({ level, message }) => `${level} ${message}`);
    assert.deepEqual(others, []);
    assert.equal(
      line,
      "warn ratelimit: rollout a: Envoy has no node id (--service-node), so that it keeps the stable configuration",
    );
  });

  test("is in a share that is all, and in none that is nothing, without a word", async () => {
    const [all, none] = [await start(100), await start(0)];
    assert.deepEqual([stateOf(all), stateOf(none)], [State.baseline, State.stable]);
    assert.deepEqual([...all.logs, ...none.logs], []);
  });

  test("is what it is when the host does not tell", async () => {
    const proxy = new Proxy({ nodeId: "n" });
    proxy.faults.inject({ call: "proxy_get_property", status: 10, when: ({ text }) => text(0)!.startsWith("xds") });
    assert.equal(stateOf(await start(50, proxy)), State.stable);
  });
});
