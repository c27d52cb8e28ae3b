// The ids of new traces: 128 and 64 bits, never zero, and no two VMs draw the same ones.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";
import { pluginModule } from "../support/plugin-module.js";
import { TraceRig } from "../support/trace.js";

const VMS = 8;
/** Traces of a batch of the fixture, and words of a trace: the two halves of its id, and its parent's id. */
const BATCH = 5000;
const WORDS = 3;

let module: PluginModule;
before(async () => {
  module = await fixture("trace/ids");
});

/** A VM, from which batches of ids are drawn. */
async function drawer(proxy: Proxy): Promise<() => BigUint64Array> {
  const vm = await proxy.createVm(module);
  const plugin = vm.startPlugin({ rootId: "ids" });
  assert.equal(plugin.failure, undefined);
  return () => {
    const at = vm.callback(plugin.root, "start_traces");
    return new BigUint64Array(vm.memory.readBytes(at, BATCH * WORDS * 8)!.buffer);
  };
}

interface Ids {
  zeros: number;
  /** Words that were drawn before, in whatever place. */
  repeated: number;
}

/**
 * Draws `traces` traces from all VMs in turn. What is compared is the right half of trace ids and the parents' ids: two
 * of every three words, so that sequences that overlap anywhere share one of them. By chance 20 million words of 64 bits
 * repeat once in 90,000 runs.
 */
async function draw(proxies: Proxy[], traces: number): Promise<Ids> {
  const drawers = await Promise.all(proxies.map(drawer));
  const words = new BigUint64Array(2 * traces);
  let zeros = 0;
  for (let count = 0, round = 0; count < traces; round++) {
    const batch = drawers[round % drawers.length]!();
    for (let i = 0; i < batch.length; i += WORDS, count++) {
      const [high, low, parent] = [batch[i]!, batch[i + 1]!, batch[i + 2]!];
      if ((high === 0n && low === 0n) || parent === 0n) zeros++;
      words[2 * count] = low;
      words[2 * count + 1] = parent;
    }
  }
  return { zeros, repeated: repetitions(words.sort()) };
}

function repetitions(sorted: BigUint64Array): number {
  let count = 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) count++;
  return count;
}

describe(`the ids that ${VMS} VMs of one Envoy give`, () => {
  const vmsOf = (proxy: Proxy) => Array<Proxy>(VMS).fill(proxy);

  test("are 10 million trace ids and as many parents' without a zero or a repetition", async () => {
    assert.deepEqual(await draw(vmsOf(new Proxy()), 10_000_000), { zeros: 0, repeated: 0 });
  });

  test("are as different without a random source, by clocks that say the same to all", async () => {
    const proxy = new Proxy();
    proxy.faults.inject({ call: "random_get", status: 1 });
    assert.deepEqual(await draw(vmsOf(proxy), 1_000_000), { zeros: 0, repeated: 0 });
  });

  test("would be found the same if they were: two random sources that give the same bytes", async () => {
    const twins = await draw([new Proxy({ seed: 7 }), new Proxy({ seed: 7 })], 100_000);
    assert.deepEqual(twins, { zeros: 0, repeated: 100_000 });
  });
});

test("the plugin writes ids of its own in every VM, and the same in none", async () => {
  const plugin = await pluginModule("trace");
  const proxy = new Proxy();
  const seen = new Set<string>();
  for (let i = 0; i < VMS; i++) {
    const rig = await TraceRig.start(plugin, { trust: "full" }, proxy);
    for (let j = 0; j < 1000; j++) {
      const [, trace, parent] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-03$/.exec(rig.send().traceparent[0]!)!;
      assert.ok(!/^0+$/.test(trace!) && !/^0+$/.test(parent!));
      seen.add(trace!).add(parent!);
    }
  }
  assert.equal(seen.size, 2 * VMS * 1000);
});
