import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { VirtualClock } from "../../tools/host/clock.js";
import { type ConditionConfig, ConditionsRig } from "../support/conditions.js";
import { pluginModule } from "../support/plugin-module.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

/** A condition that halves the quota as soon as `when` is true, and lets go of it as soon as it may. */
function half(when: string, more: Partial<ConditionConfig> = {}): ConditionConfig {
  return { name: "c", when, hold: "2s", ramp: "0s", then: { percent: 50 }, ...more };
}

const start = (...conditions: ConditionConfig[]) => ConditionsRig.start(module, conditions);

describe("a condition on", () => {
  test("latency changes the quota while requests are slow, and for `hold`", async () => {
    const rig = await start(half("latency.p90 > 100ms"));
    rig.load(50, { ms: 20 });
    assert.equal(rig.rate(), 100);
    rig.load(50, { ms: 400 });
    assert.equal(rig.rate(), 50);
    rig.load(400, { ms: 20 });
    assert.equal(rig.rate(), 100);
  });

  test("failures counts 5xx", async () => {
    const rig = await start(half("error_rate > 20%"));
    for (let i = 0; i < 50; i++) rig.send({ status: i % 2 ? 404 : 200 });
    assert.equal(rig.active("c"), false);
    for (let i = 0; i < 50; i++) rig.send({ status: i % 2 ? 503 : 200 });
    assert.equal(rig.active("c"), true);
  });

  test("the rate of requests", async () => {
    const rig = await start(half("rps > 60"));
    rig.load(100, { ms: 20 });
    assert.equal(rig.active("c"), false, "50 a second for 2 s");
    rig.load(1000, { ms: 10 });
    assert.equal(rig.active("c"), true, "100 a second for 10 s");
  });

  test("requests in flight", async () => {
    const rig = await start(half("inflight > 5"));
    const streams = Array.from({ length: 6 }, () => {
      const stream = rig.plugin.openStream();
      stream.requestHeaders([[":path", "/"]], true);
      return stream;
    });
    assert.equal(rig.active("c"), true);
    streams.forEach((stream) => stream.close());
    rig.pass(2000);
    assert.equal(rig.active("c"), false);
  });

  test("the time of day goes by the wall clock, in UTC", async () => {
    const wallNs = BigInt(Date.UTC(2026, 0, 1, 16, 59, 50)) * 1_000_000n;
    const proxy = new Proxy({ clock: new VirtualClock({ wallNs }) });
    const night = half("time >= 17:00 or time < 09:00");
    const rig = await ConditionsRig.start(module, [night], undefined, proxy);
    rig.send();
    assert.equal(rig.active("c"), false);
    rig.pass(15_000);
    assert.equal(rig.active("c"), true);
    proxy.clock.stepWallMs(16 * 3_600_000);
    rig.pass(2000);
    assert.equal(rig.active("c"), false, "09:00:08");
  });

  test("the delay of ticks sees a worker that hangs", async () => {
    const rig = await start(half("pressure.delay > 30ms", { hold: "5s" }));
    rig.load(100);
    assert.equal(rig.active("c"), false);
    for (let i = 0; i < 10; i++) rig.proxy.clock.stallNs(160_000_000n);
    assert.equal(rig.active("c"), true);
  });
});

describe("conditions", () => {
  test("with a quota of their own put that in force, and say so", async () => {
    const other = half("latency.p50 > 100ms", { then: { quota: { requests: 10, per: "second", burst: 10 } } });
    const rig = await start(other);
    rig.load(30, { ms: 300 });
    assert.equal(rig.rate(), 10);
    let refused = rig.send({ ms: 0 });
    while (!refused.localResponse) refused = rig.send({ ms: 0 });
    assert.equal(refused.localResponse?.details, "tidegate_ratelimit{all/c}");
  });

  test("count in their order", async () => {
    const rig = await start(
      half("latency.p50 > 1s", { name: "very-slow", then: { percent: 10 } }),
      half("latency.p50 > 100ms", { name: "slow" }),
    );
    rig.load(20, { ms: 300 });
    assert.equal(rig.active("slow"), true);
    rig.load(40, { ms: 2000 });
    assert.equal(rig.active("very-slow"), true);
    assert.equal(rig.active("slow"), false);
    assert.equal(rig.rate(), 10);
  });

  test("become unknown when nobody sends any more, and then end", async () => {
    const rig = await start(half("latency.p50 > 100ms"));
    rig.load(20, { ms: 300 });
    assert.equal(rig.active("c"), true);
    rig.pass(600_000);
    assert.equal(rig.active("c"), false);
  });

  test("are the same in all workers", async () => {
    const proxy = new Proxy();
    const first = await ConditionsRig.start(module, [half("latency.p50 > 100ms")], undefined, proxy);
    const second = await ConditionsRig.start(module, [half("latency.p50 > 100ms")], undefined, proxy);
    second.send({ ms: 20 });
    first.load(30, { ms: 300 });
    assert.equal(second.active("c"), true);
    assert.equal(second.send().localResponse, undefined);
  });

  test("cost nothing at a tick at which nothing changes", async () => {
    const counting = await pluginModule("ratelimit", "counting");
    const rig = await ConditionsRig.start(counting, [half("latency.p99 > 1s and load.cpu > 0.5")]);
    rig.load(20, { headers: [["endpoint-load-metrics", "TEXT cpu_utilization=0.7"]] });
    const before = rig.plugin.vm.memoryBytes;
    let allocations = 0;
    for (let i = 0; i < 50; i++) {
      rig.proxy.clock.stallNs(50_000_000n);
      allocations += rig.plugin.tick().heapAllocations;
    }
    assert.equal(allocations, 0);
    assert.equal(rig.plugin.vm.memoryBytes, before);
  });
});
