import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Proxy, VirtualClock } from "../../tools/host/index.js";
import { op } from "../support/parity/script.js";
import { ProbeRig } from "../support/probe-rig.js";

describe("the virtual clock", () => {
  test("moves both clocks together, the wall clock also alone and back", () => {
    const clock = new VirtualClock({ monotonicNs: 5n, wallNs: 100n });
    clock.advanceMs(0.001);
    assert.deepEqual([clock.monotonicNs(), clock.wallNs()], [1_005n, 1_100n]);
    clock.stepWallMs(-1);
    assert.deepEqual([clock.monotonicNs(), clock.wallNs()], [1_005n, -998_900n]);
    assert.throws(() => clock.advanceMs(-1), RangeError);
  });

  test("fires what is due in order, each at its time, and what that sets up as well", () => {
    const clock = new VirtualClock({ monotonicNs: 0n });
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name} ${clock.monotonicNs() / 1_000_000n}`);
    clock.after(20, note("late"));
    clock.after(10, () => {
      note("early")();
      clock.after(5, note("nested"));
    });
    clock.after(10, note("second at 10"));
    clock.after(7, note("cancelled")).cancel();
    clock.advanceMs(15);
    assert.deepEqual(fired, ["early 10", "second at 10 10", "nested 15"]);
  });

  test("fires what falls due while nothing runs afterwards, late and in order", () => {
    const clock = new VirtualClock({ monotonicNs: 0n, wallNs: 7n });
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name} ${clock.monotonicNs() / 1_000_000n}`);
    clock.after(20, note("second"));
    clock.after(10, note("first"));
    clock.after(31, note("not yet"));
    clock.stallNs(30_000_000n);
    assert.deepEqual(fired, ["first 30", "second 30"]);
    assert.equal(clock.wallNs(), 30_000_007n);
    assert.throws(() => clock.stallNs(-1n), RangeError);
  });
});

describe("ticks", () => {
  test("that were missed while nothing ran come once, and then at their period again", async () => {
    const proxy = new Proxy();
    const { plugin } = await ProbeRig.start({ proxy, root: { configure: [op.setTick(100)] } });
    proxy.clock.stallNs(1_050_000_000n);
    assert.equal(plugin.ticks, 1);
    proxy.clock.advanceMs(100);
    assert.equal(plugin.ticks, 2);
  });

  test("come at their period, to each VM in turn, until it is set to 0", async () => {
    const proxy = new Proxy();
    const first = await ProbeRig.start({ proxy, root: { configure: [op.setTick(100)] } });
    const second = await ProbeRig.start({ proxy, root: { configure: [op.setTick(40)], tick: [op.setTick(0)] } });
    proxy.clock.advanceMs(350);
    assert.deepEqual([first.plugin.ticks, second.plugin.ticks], [3, 1]);
    proxy.clock.advanceMs(50);
    assert.equal(first.plugin.ticks, 4);
  });

  test("end with the plugin", async () => {
    const rig = await ProbeRig.start({ root: { configure: [op.setTick(10)] } });
    rig.plugin.done();
    rig.proxy.clock.advanceMs(100);
    assert.equal(rig.plugin.ticks, 0);
  });

  test("tell what they cost", async () => {
    const rig = await ProbeRig.start({ root: { tick: [op.currentTime(), op.clockTime(1)] } });
    const { hostCalls } = rig.plugin.tick();
    assert.equal(hostCalls["proxy_get_current_time_nanoseconds"], 1);
    assert.equal(hostCalls["clock_time_get"], 1);
  });
});
