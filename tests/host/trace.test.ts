// What the trace plugin does as a whole: configuration by configuration, its counters, its ids, and a host that fails.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type PluginModule, Proxy, Status } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { NEW_TRACEPARENT, TraceRig, type TraceConfig } from "../support/trace.js";

const VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const CONTEXT: HeaderList = [
  ["traceparent", VALID],
  ["tracestate", "congo=t61rcWkgMzE"],
];

let module: PluginModule;
before(async () => {
  module = await pluginModule("trace");
});

const start = (config: TraceConfig | string = { trust: "full" }, proxy?: Proxy) =>
  TraceRig.start(module, config, proxy);

/** An Envoy of which all listeners are marked so: 0 for not at all, 1 for inbound, 2 for outbound. */
const directed = (direction: number) => new Proxy({ properties: { xds: { listener_direction: direction } } });

describe("an empty configuration", () => {
  for (const empty of ["", "  \n", "{}"]) {
    for (const [what, proxy] of [
      ["a sidecar's inbound listener", directed(1)],
      ["a sidecar's outbound listener", directed(2)],
    ] as const) {
      test(`${JSON.stringify(empty)} means trust and start at ${what}`, async () => {
        const rig = await start(empty, proxy);
        assert.deepEqual(rig.send(CONTEXT).headers, CONTEXT);
        assert.match(rig.send().traceparent.join(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
      });
    }

    for (const [what, proxy] of [
      ["that no direction is told of", new Proxy()],
      ["without a direction", directed(0)],
      ["of a direction that does not exist", directed(3)],
    ] as const) {
      test(`${JSON.stringify(empty)} means no trust and start at a listener ${what}`, async () => {
        const rig = await start(empty, proxy);
        const { traceparent, tracestate } = rig.send(CONTEXT);
        assert.match(traceparent.join(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
        assert.notEqual(traceparent[0]!.slice(3, 35), VALID.slice(3, 35));
        assert.deepEqual(tracestate, []);
      });
    }
  }
});

test("listeners that share a plugin are told apart, request by request", async () => {
  const rig = await start("{}");
  const left = (direction: number): HeaderList => {
    const stream = rig.plugin.openStream({ properties: { xds: { listener_direction: direction } } });
    stream.requestHeaders([...CONTEXT, ["baggage", "a=1"], ["b3", "0"]], true); // prettier-ignore
    const headers = [...stream.request.headers];
    stream.close();
    return headers;
  };
  for (const direction of [0, 1, 0, 2, 1, 0, 0, 2, 2, 0]) {
    const headers = left(direction);
    if (direction > 0)
      assert.deepEqual(headers, [...CONTEXT, ["baggage", "a=1"], ["b3", "0"]]); // prettier-ignore
    else assert.match(headers.join(), /^traceparent,00-(?!4bf9)[0-9a-f]{32}-[0-9a-f]{16}-03$/);
  }
});

test("trust that is told counts at any listener", async () => {
  for (const direction of [0, 1, 2]) {
    assert.deepEqual((await start({ trust: "full" }, directed(direction))).send(CONTEXT).headers, CONTEXT);
    const none = await start({ trust: "none", start: false }, directed(direction));
    assert.deepEqual(none.send(CONTEXT).headers, []);
  }
});

describe("trust: sampled-only", () => {
  test("takes over whether the trace is sampled, and nothing else", async () => {
    const rig = await start({ trust: "sampled-only", sampling: { percent: 0 } });
    for (const [flags, expected] of [
      ["01", "03"],
      ["00", "02"],
    ] as const) {
      const caller = VALID.replace(/01$/, flags);
      const { traceparent, tracestate } = rig.send([["traceparent", caller], ["tracestate", "a=1"], ["b3", "1"]]); // prettier-ignore
      assert.match(traceparent.join(), NEW_TRACEPARENT);
      assert.equal(traceparent[0]!.slice(-2), expected);
      assert.notEqual(traceparent[0]!.slice(3, 35), VALID.slice(3, 35));
      assert.deepEqual(tracestate, []);
    }
  });

  test("lets nobody ask for debug", async () => {
    const rig = await start({ trust: "sampled-only", extract: ["b3"], inject: ["b3"] });
    assert.match(rig.send([["b3", "d"]]).headers.join(), /^b3,[0-9a-f]{32}-[0-9a-f]{16}-1$/);
  });
});

describe("trust: none", () => {
  test("replaces what the caller sent, and drops its tracestate", async () => {
    const rig = await start({ trust: "none" });
    const { traceparent, tracestate } = rig.send(CONTEXT);
    assert.match(traceparent.join(), NEW_TRACEPARENT);
    assert.notEqual(traceparent[0]!.slice(3, 35), VALID.slice(3, 35));
    assert.deepEqual(tracestate, []);
  });

  test("with start: false only removes it", async () => {
    const rig = await start({ trust: "none", start: false });
    assert.deepEqual(rig.send([...CONTEXT, ["x-other", "1"]]).headers, [["x-other", "1"]]);
    assert.deepEqual(rig.send([["tracestate", "a=1"]]).headers, []);
    assert.deepEqual(rig.send().headers, []);
  });
});

test("what needs no change is not written, so that Envoy keeps its route", async () => {
  const trusting = await start();
  assert.equal(trusting.send(CONTEXT).routeCacheClears, 0);
  const careful = await start({ trust: "none", start: false });
  assert.equal(careful.send([["x-other", "1"]]).routeCacheClears, 0);
});

describe("sampling of started traces", () => {
  const sampledOf = (rig: TraceRig, count: number) =>
    Array.from({ length: count }, () => rig.send().traceparent[0]!.endsWith("-03")).filter(Boolean).length;

  test("0 and 100 percent are exact", async () => {
    assert.equal(sampledOf(await start({ sampling: { percent: 0 } }), 2000), 0);
    assert.equal(sampledOf(await start({ sampling: { percent: 100 } }), 2000), 2000);
  });

  test("a share is met within five standard deviations", async () => {
    const sampled = sampledOf(await start({ sampling: { percent: 33.33 } }), 20_000);
    assert.ok(Math.abs(sampled - 6666) < 5 * Math.sqrt(20_000 * 0.3333 * 0.6667), `${sampled} of 20000`);
  });

  test("leaves the caller's decision alone, in either direction", async () => {
    const none = await start({ trust: "full", sampling: { percent: 0 } });
    assert.deepEqual(none.send([["traceparent", VALID]]).traceparent, [VALID]);
    const all = await start();
    const unsampled = VALID.replace(/01$/, "00");
    assert.deepEqual(all.send([["traceparent", unsampled]]).traceparent, [unsampled]);
  });

  test("goes for restarted traces as well", async () => {
    const rig = await start({ trust: "full", sampling: { percent: 0 } });
    assert.match(rig.send([["traceparent", "bad"]]).traceparent.join(), /-02$/);
  });
});

const NONE = {
  continued: 0,
  converted: 0,
  started: 0,
  joined: 0,
  repaired: 0,
  distrusted: 0,
  sampled: 0,
  baggage_dropped: 0,
  host_errors: 0,
};

test("every request counts once, by what became of its context", async () => {
  const counts = async (config: TraceConfig, ...requests: HeaderList[]) => {
    const rig = await start(config);
    for (const headers of requests) rig.send(headers);
    rig.plugin.tick();
    return Object.fromEntries(Object.keys(NONE).map((noun) => [noun, rig.count(noun)]));
  };
  const requests: HeaderList[] = [
    CONTEXT,
    [["traceparent", VALID]],
    [],
    [["traceparent", "bad"]],
    [["tracestate", "a=1"]],
    [["traceparent", VALID], ["tracestate", "A"]], // prettier-ignore
  ];
  const full = { trust: "full" } as const;
  assert.deepEqual(await counts(full, ...requests), { ...NONE, continued: 2, started: 1, repaired: 3, sampled: 6 });
  assert.deepEqual(await counts({ ...full, start: false }, ...requests), {
    ...NONE,
    continued: 2,
    repaired: 3,
    sampled: 3,
  });
  assert.deepEqual(await counts({ trust: "none" }, ...requests), { ...NONE, started: 1, distrusted: 5, sampled: 6 });
  assert.deepEqual(await counts({ trust: "none", start: false }, ...requests), { ...NONE, distrusted: 5 });
  const converting: TraceConfig = { ...full, inject: ["b3"], baggage: { max_members: 1 } };
  const twice: HeaderList = [["b3", `${VALID.slice(3, 52)}-1`], ["baggage", "a=1,b=2"], ...CONTEXT];
  assert.deepEqual(await counts(converting, CONTEXT, twice), {
    ...NONE,
    continued: 1,
    converted: 1,
    baggage_dropped: 1,
    sampled: 2,
  });
});

test("counts survive a change of the configuration, which Envoy makes in the same VM", async () => {
  const rig = await start();
  rig.send(CONTEXT);
  const next = rig.vm.startPlugin({ name: "trace", configuration: '{"start":false}' });
  rig.plugin.done();
  next.tick();
  assert.equal(rig.proxy.metrics.value("tidegate_trace_continued_total"), 1);
});

describe("ids of new traces", () => {
  const PER_VM = 5000;

  /** Trace ids of 8 VMs of one Envoy, and that Envoy. */
  async function idsOfEightVms(prepare: (proxy: Proxy) => void): Promise<{ ids: string[]; proxy: Proxy }> {
    const proxy = new Proxy();
    prepare(proxy);
    const ids: string[] = [];
    for (let vm = 0; vm < 8; vm++) {
      const rig = await start("", proxy);
      for (let i = 0; i < PER_VM; i++) ids.push(rig.send().traceparent[0]!);
      rig.plugin.tick();
    }
    return { ids, proxy };
  }

  function expectDistinct(ids: string[]): void {
    assert.equal(new Set(ids.map((id) => id.slice(3, 35))).size, 8 * PER_VM, "trace ids");
    assert.equal(new Set(ids.map((id) => id.slice(36, 52))).size, 8 * PER_VM, "parent ids");
    assert.ok(ids.every((id) => NEW_TRACEPARENT.test(id)));
  }

  test("differ over VMs", async () => {
    const { ids, proxy } = await idsOfEightVms(() => undefined);
    expectDistinct(ids);
    assert.equal(proxy.metrics.value("tidegate_trace_host_errors_total"), 0);
  });

  // A capability restriction without random_get answers 76. The clocks stand still here: only the VM's number differs.
  test("differ over VMs without a random source, which is counted and logged once a VM", async () => {
    const { ids, proxy } = await idsOfEightVms((envoy) => envoy.faults.inject({ call: "random_get", status: 76 }));
    expectDistinct(ids);
    assert.equal(proxy.metrics.value("tidegate_trace_host_errors_total"), 8);
    const warnings = proxy.logs.filter(({ level }) => level === "warn").map(({ message }) => message);
    assert.equal(warnings.length, 8);
    assert.match(warnings[0]!, /random_get/);
  });

  test("exist even when the host has no random source, no clock and no shared data", async () => {
    const proxy = new Proxy();
    for (const call of ["random_get", "clock_time_get"]) proxy.faults.inject({ call, status: 76 });
    for (const call of ["proxy_get_current_time_nanoseconds", "proxy_get_shared_data", "proxy_set_shared_data"]) {
      proxy.faults.inject({ call, status: Status.InternalFailure });
    }
    const rig = await start("", proxy);
    assert.match(rig.send().traceparent.join(), NEW_TRACEPARENT);
    assert.notEqual(rig.send().traceparent[0], rig.send().traceparent[0]);
  });

  test("go on in the same sequence when the configuration changes", async () => {
    const rig = await start();
    const first = rig.send().traceparent[0];
    rig.vm.startPlugin({ name: "trace" });
    assert.notEqual(rig.send().traceparent[0], first);
  });
});

describe("a host that fails", () => {
  const CALLS = ["proxy_get_header_map_pairs", "proxy_replace_header_map_value", "proxy_remove_header_map_value"];

  test("leaves the request as it is or half changed, counted, and never traps the VM", async () => {
    for (const call of CALLS) {
      for (let status = 1; status <= 12; status++) {
        const rig = await start();
        const fault = rig.proxy.faults.inject({ call, status });
        rig.send([["traceparent", "bad"], ["tracestate", "a=1"]]); // prettier-ignore
        assert.equal(rig.count("host_errors"), fault.hits, `${call} ${status}`);
        assert.ok(fault.hits > 0);
        fault.remove();
        assert.deepEqual(rig.send(CONTEXT).headers, CONTEXT);
        assert.equal(rig.vm.trapped, undefined);
      }
    }
  });

  test("keeps counts that it does not take for later", async () => {
    const rig = await start();
    rig.send(CONTEXT);
    const fault = rig.proxy.faults.inject({ call: "proxy_increment_metric", status: Status.InternalFailure });
    assert.equal(rig.count("continued"), 0);
    fault.remove();
    assert.equal(rig.count("continued"), 1);
  });
});
