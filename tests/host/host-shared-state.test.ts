import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Proxy } from "../../tools/host/index.js";
import { op } from "../support/parity/script.js";
import { ProbeRig } from "../support/probe-rig.js";

describe("shared data", () => {
  test("is one for VMs of one vm_id: who writes with an old cas loses", async () => {
    const proxy = new Proxy();
    const one = await ProbeRig.start({ proxy, vm: { vmId: "same" } });
    const two = await ProbeRig.start({ proxy, vm: { vmId: "same" } });
    one.send({ requestHeaders: [op.setShared("k", "start", 0, true), op.shared("k")] });
    two.send({ requestHeaders: [op.shared("k"), op.setShared("k", "two", 0)] });
    proxy.logs.length = 0;
    one.send({ requestHeaders: [op.setShared("k", "one", 0), op.shared("k"), op.setShared("k", "one", 0)] });
    assert.deepEqual(one.answers(), ["8", '0 "two"', "0"]);
    assert.equal(proxy.sharedData.get("same", "k")?.value, "one");
    assert.deepEqual(proxy.sharedData.keys("same"), ["k"]);
  });

  test("is another for another vm_id", async () => {
    const proxy = new Proxy();
    const one = await ProbeRig.start({ proxy, vm: { vmId: "one" } });
    const two = await ProbeRig.start({ proxy, vm: { vmId: "two" } });
    one.send({ requestHeaders: [op.setShared("k", "v", 0, true)] });
    proxy.logs.length = 0;
    two.send({ requestHeaders: [op.shared("k")] });
    assert.deepEqual(two.answers(), ["1"]);
  });
});

describe("shared queues", () => {
  test("wake the VM that registered them last, when the callback that enqueued has returned", async () => {
    const proxy = new Proxy();
    const root = { queueReady: [op.dequeue()] };
    const one = await ProbeRig.start({ proxy, vm: { vmId: "same" }, root });
    const two = await ProbeRig.start({ proxy, vm: { vmId: "same" }, root });
    one.send({ requestHeaders: [op.registerQueue("q")] });
    two.send({ requestHeaders: [op.registerQueue("q")] });
    proxy.logs.length = 0;
    one.send({ requestHeaders: [op.enqueue("item"), op.logLevel()] });
    assert.deepEqual(
      proxy.logs.map(({ message, vm }) => `${vm} ${message.split(" ").slice(0, 3).join(" ")}`),
      ["0 probe > 6", "0 probe > 7", "0 probe 7 0", "0 probe 7 1", "1 probe > 5", "1 probe 5 0"],
    );
  });
});

describe("metrics", () => {
  test("are one by name over all VMs, and readable by a test", async () => {
    const proxy = new Proxy();
    const script = {
      requestHeaders: [
        op.defineMetric(0, 0, "hits"),
        op.increment(0, 2),
        op.defineMetric(1, 2, "size"),
        op.record(1, 7),
      ],
    };
    for (let vm = 0; vm < 2; vm++) (await ProbeRig.start({ proxy })).send(script);
    assert.equal(proxy.metrics.value("hits"), 4);
    assert.equal(proxy.metrics.value("none"), undefined);
    assert.deepEqual(proxy.metrics.samples("size"), [7, 7]);
    assert.deepEqual(
      proxy.metrics.all().map(({ type, name }) => `${type} ${name}`),
      ["counter hits", "histogram size"],
    );
  });
});
