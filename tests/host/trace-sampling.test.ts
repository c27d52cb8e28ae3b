// Sampling in the shipped plugin: the limit that all workers share, its cost, and what requests decide.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type PluginModule, Proxy } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { type TraceConfig, TraceRig, valuesOf } from "../support/trace.js";
import type { SamplingConfig } from "../support/trace-oracle-sampling.js";

const WORKERS = 8;

let release: PluginModule;
let counting: PluginModule;
before(async () => {
  [release, counting] = [await pluginModule("trace"), await pluginModule("trace", "counting")];
});

function configOf(sampling: SamplingConfig): TraceConfig {
  return { trust: "full", sampling };
}

/** Workers of one Envoy, after the VM of its main thread. */
async function workersOf(sampling: SamplingConfig, proxy: Proxy, count = WORKERS): Promise<TraceRig[]> {
  await TraceRig.start(release, configOf(sampling), proxy);
  const rigs: TraceRig[] = [];
  for (let i = 0; i < count; i++) rigs.push(await TraceRig.start(release, configOf(sampling), proxy));
  return rigs;
}

/** The flags with which a request of this path goes on. */
function flagsOf(rig: TraceRig, path: string, headers: HeaderList = []): string {
  const stream = rig.plugin.openStream();
  stream.requestHeaders([[":method", "GET"], [":path", path], ...headers], true);
  const [traceparent] = valuesOf([...stream.request.headers], "traceparent");
  stream.close();
  return traceparent!.slice(-2);
}

function isSampled(rig: TraceRig, path = "/"): boolean {
  return flagsOf(rig, path) === "03";
}

/** How many of `each` requests at every worker are sampled now. */
function sampledAt(rigs: TraceRig[], each: number): number {
  let count = 0;
  for (let i = 0; i < each; i++) for (const rig of rigs) count += Number(isSampled(rig));
  return count;
}

describe("a limit of 50 a second", () => {
  test("is one for all workers, second by second", async () => {
    const proxy = new Proxy();
    const rigs = await workersOf({ per_second: 50 }, proxy);
    for (let second = 0; second < 10; second++) {
      assert.equal(sampledAt(rigs, 20), 50);
      proxy.clock.advanceMs(1000);
    }
  });

  test("holds for workers that start at different times, over any second", async () => {
    const proxy = new Proxy();
    const rigs: TraceRig[] = [];
    for (let i = 0; i < WORKERS; i++) {
      rigs.push(...(await workersOf({ per_second: 50 }, proxy, 1)));
      proxy.clock.advanceMs(1000 / WORKERS);
    }
    const steps: number[] = [];
    for (let step = 0; step < 400; step++) {
      steps.push(sampledAt(rigs, 2));
      proxy.clock.advanceMs(25);
    }
    // What was left over from the start is gone after a second.
    const steady = steps.slice(40);
    const total = steady.reduce((sum, count) => sum + count, 0);
    assert.ok(total >= 440 && total <= 450 + 50, `${total} in 9 seconds`);
    const inASecond = steady.slice(40).map((_, i) => steady.slice(i, i + 40).reduce((sum, count) => sum + count, 0));
    assert.ok(Math.max(...inASecond) <= 50 + 50, `${Math.max(...inASecond)} in one second`);
  });

  test("goes on over a new configuration, which does not begin with a full second", async () => {
    const proxy = new Proxy();
    assert.equal(sampledAt(await workersOf({ per_second: 50 }, proxy), 20), 50);
    assert.equal(sampledAt(await workersOf({ per_second: 50 }, proxy), 20), 0);
    proxy.clock.advanceMs(1000);
    assert.equal(sampledAt(await workersOf({ per_second: 50 }, proxy), 20), 50);
  });

  test("holds for each worker alone where the host shares nothing, and that is counted", async () => {
    const proxy = new Proxy();
    proxy.faults.inject({ call: "proxy_get_shared_data", status: 10 });
    const rigs = await workersOf({ per_second: 50 }, proxy, 2);
    assert.equal(sampledAt(rigs, 100), 100);
    assert.ok(rigs[0]!.count("host_errors")! > 0);
  });

  test("is apart from the one of a path", async () => {
    const proxy = new Proxy();
    const paths = [{ path: { prefix: "/slow" }, per_second: 3 }];
    const [rig] = await workersOf({ per_second: 50, paths }, proxy, 1);
    const count = (path: string) => Array.from({ length: 90 }, () => isSampled(rig!, path)).filter(Boolean).length;
    assert.deepEqual([count("/slow"), count("/fast"), count("/slow/er")], [3, 50, 0]);
  });
});

describe("host calls and allocations of a trace that starts", () => {
  const started = { proxy_get_header_map_pairs: 1, proxy_replace_header_map_value: 1 };
  const shared = { ...started, proxy_get_shared_data: 1, proxy_set_shared_data: 1 };
  const rows: [what: string, sampling: SamplingConfig, warm: number, calls: Record<string, number>][] = [
    ["sampled, as all are", {}, 3, started],
    ["not of the share", { percent: 0 }, 3, started],
    ["with rules on requests", { percent: 0, paths: [{ path: { exact: "/x" }, percent: 1 }] }, 3, started],
    ["below the limit", { per_second: 1000 }, 3, shared],
    ["the first above it", { per_second: 3 }, 3, { ...started, proxy_get_shared_data: 1 }],
    ["above it", { per_second: 3 }, 4, started],
  ];
  for (const [what, sampling, warm, calls] of rows) {
    test(what, async () => {
      const rig = await TraceRig.start(counting, configOf(sampling));
      for (let i = 0; i < warm; i++) rig.send();
      const { counts } = rig.send();
      assert.deepEqual(counts.hostCalls, calls);
      assert.equal(counts.heapAllocations, 0);
    });
  }

  test("its threshold is one call more", async () => {
    const rig = await TraceRig.start(counting, configOf({ percent: 99.999 }));
    for (let i = 0; i < 3; i++) rig.send();
    const { counts, tracestate } = rig.send();
    assert.deepEqual(tracestate, ["ot=th:0000a7c6"]);
    assert.ok(counts.hostCallTotal <= 3, JSON.stringify(counts.hostCalls));
    assert.equal(counts.heapAllocations, 0);
  });
});

test("what a proxy decides by share, the next one decides too, and says by the same threshold", async () => {
  const share: SamplingConfig = { percent: 30 };
  const first = await TraceRig.start(release, configOf(share));
  const next = await TraceRig.start(release, configOf({ ...share, continued: "ratio" }), new Proxy({ seed: 2 }));
  let sampled = 0;
  for (let i = 0; i < 5000; i++) {
    const { traceparent, tracestate } = first.send();
    const flags = traceparent[0]!.slice(-2);
    sampled += Number(flags === "03");
    assert.deepEqual(tracestate, flags === "03" ? ["ot=th:b333"] : []);
    // The next proxy is told nothing but the ids, and that they are random.
    const again = next.send([["traceparent", `${traceparent[0]!.slice(0, -2)}02`]]);
    assert.deepEqual(again.tracestate, tracestate);
    assert.equal(again.traceparent[0]!.slice(0, 35), traceparent[0]!.slice(0, 35));
    assert.equal(again.traceparent[0]!.slice(-2), flags);
  }
  // 1500 expected, standard deviation 32: five of them.
  assert.ok(Math.abs(sampled - 1500) < 162, `${sampled} of 5000`);
});

test("a forcing header counts, and a health check does not", async () => {
  const rig = await TraceRig.start(
    release,
    configOf({
      percent: 0,
      force: { header: "x-trace", values: ["1"] },
      paths: [{ path: { prefix: "/healthz" }, percent: 0, continued: "never" }],
    }),
  );
  const caller = (flags: string): [string, string] => [
    "traceparent",
    `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`,
  ];
  assert.equal(flagsOf(rig, "/"), "02");
  assert.equal(flagsOf(rig, "/", [["x-trace", "1"]]), "03");
  assert.equal(flagsOf(rig, "/", [["x-trace", "0"]]), "02");
  assert.equal(flagsOf(rig, "/", [["x-trace", "1"], caller("00")]), "01");
  assert.equal(flagsOf(rig, "/", [caller("01")]), "01");
  assert.equal(flagsOf(rig, "/healthz/ready?verbose", [caller("01")]), "00");
});
