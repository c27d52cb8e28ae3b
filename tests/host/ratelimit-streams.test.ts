// However a stream ends, it is in flight from its admission to its answer, and no longer.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy, Status, type Stream } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { type RateLimitConfig, Rig } from "../support/ratelimit.js";

const ONE = { min_limit: 1, max_limit: 1, initial_limit: 1 };
const FEW = { min_limit: 4, max_limit: 4, initial_limit: 4 };
const HOURLY = { name: "all", quota: { requests: 3, per: "hour" } } as const;

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

const start = (config: RateLimitConfig, proxy = new Proxy()) => Rig.start(module, config, proxy);

function open({ plugin }: Rig): Stream {
  const stream = plugin.openStream();
  stream.requestHeaders([[":path", "/"], [":method", "GET"]], true); // prettier-ignore
  return stream;
}

const details = (stream: Stream) => stream.localResponse?.details;

/** What all workers together tell, a second later. */
function inFlight({ proxy }: Rig): number | undefined {
  proxy.clock.advanceMs(1100);
  return proxy.metrics.value("tidegate_ratelimit_in_flight");
}

describe("a stream is in flight", () => {
  const ways: [what: string, end: (stream: Stream, rig: Rig) => void][] = [
    ["its answer comes", (stream) => void stream.responseHeaders([[":status", "200"]], true)],
    ["it is upgraded, however long it then lives", (stream) => void stream.responseHeaders([[":status", "101"]])],
    ["an answer without status comes", (stream) => void stream.responseHeaders([["x", "y"]], true)],
    ["it is reset before an answer", (stream) => void stream.close()],
    [
      "it is reset after the answer's headers, once",
      (stream) => {
        stream.responseHeaders([[":status", "200"]]);
        stream.close();
      },
    ],
    [
      "its answer comes, without a clock",
      (stream, { proxy }) => {
        const fault = proxy.faults.inject({ call: "clock_time_get", status: 8 });
        stream.responseHeaders([[":status", "200"]], true);
        fault.remove();
      },
    ],
    [
      "its answer comes, without headers",
      (stream, { proxy }) => {
        const fault = proxy.faults.inject({ call: "proxy_get_header_map_value", status: Status.InternalFailure });
        stream.responseHeaders([[":status", "200"]], true);
        fault.remove();
      },
    ],
  ];
  for (const [what, end] of ways) {
    test(`until ${what}`, async () => {
      const rig = await start({ concurrency: ONE });
      for (let i = 0; i < 5; i++) {
        const stream = open(rig);
        assert.equal(details(stream), undefined, `stream ${i}`);
        assert.equal(details(open(rig)), "tidegate_concurrency");
        assert.equal(inFlight(rig), 1);
        end(stream, rig);
        assert.equal(inFlight(rig), 0);
      }
    });
  }

  test("not when another filter answers before the plugin has seen its request", async () => {
    const rig = await start({ concurrency: ONE });
    for (let i = 0; i < 3; i++) {
      const { plugin, vm } = rig;
      const id = vm.takeContextId();
      vm.callback(plugin.root, "proxy_on_context_create", id, plugin.root.id);
      vm.callback(plugin.root, "proxy_on_response_headers", id, 1, 1);
      vm.callback(plugin.root, "proxy_on_delete", id);
    }
    const stream = open(rig);
    assert.equal(details(stream), undefined);
    assert.equal(inFlight(rig), 1);
  });

  test("once, however often its answer's headers come", async () => {
    const rig = await start({ concurrency: FEW });
    const streams = [open(rig), open(rig), open(rig)];
    const id = streams[0]!.contextId;
    for (let i = 0; i < 3; i++) rig.vm.callback(rig.plugin.root, "proxy_on_response_headers", id, 1, 0);
    assert.equal(inFlight(rig), 2);
    streams.forEach((stream) => stream.close());
    assert.equal(inFlight(rig), 0);
  });

  test("under the configuration that let it in, when its root context is configured anew", async () => {
    const rules = ["a", "b", "c"].map((name, i) => ({
      ...HOURLY,
      name,
      quota: { requests: 9 - i, per: "hour" } as const,
    }));
    const rig = await start({ rules, concurrency: FEW, response: { rate_limit_headers: "always" } });
    const old = [open(rig), open(rig)];
    // The host does not know of it: Envoy makes another root context for another configuration.
    const { root } = rig.plugin;
    Object.assign(rig.plugin, { configuration: Buffer.from(JSON.stringify({ concurrency: FEW })) });
    root.configuring = true;
    assert.equal(rig.vm.callback(root, "proxy_on_configure", root.id, rig.plugin.configuration.length), 1);
    root.configuring = false;
    const young = [open(rig), open(rig), open(rig), open(rig)];
    for (const stream of old) stream.responseHeaders([[":status", "200"]], true);
    assert.equal(rig.vm.trapped, undefined);
    assert.match(JSON.stringify(old[0]!.response.headers), /\\"c\\";r=6/);
    assert.deepEqual([...young, open(rig)].map(details), [...young.map(() => undefined), "tidegate_concurrency"]);
    rig.proxy.clock.advanceMs(4000);
    assert.equal(inFlight(rig), 4, "of the old configuration nothing is told any more");
    young.forEach((stream) => stream.close());
    assert.equal(inFlight(rig), 0);
  });
});

describe("a request that is turned away", () => {
  test("for capacity costs no quota, for quota takes no room", async () => {
    const rig = await start({ rules: [HOURLY], concurrency: ONE });
    const first = open(rig);
    for (let i = 0; i < 10; i++) assert.equal(details(open(rig)), "tidegate_concurrency");
    first.close();
    const second = open(rig);
    assert.equal(details(second), undefined, "2 of 3 are left");
    second.close();
    open(rig).close();
    for (let i = 0; i < 10; i++) assert.equal(details(open(rig)), "tidegate_ratelimit{all}");
    assert.equal(inFlight(rig), 0);
  });

  test("and goes on since Envoy does not send the answer, is not in flight", async () => {
    const rig = await start({ rules: [HOURLY], concurrency: ONE });
    rig.proxy.faults.inject({ call: "proxy_send_local_response", status: Status.InternalFailure });
    const streams = Array.from({ length: 10 }, () => open(rig));
    assert.equal(inFlight(rig), 1);
    streams.forEach((stream) => stream.close());
    assert.equal(inFlight(rig), 0);
  });
});

describe("shadow for all", () => {
  test("is to the limit what its own shadow is: nothing is turned away, and conditions see nothing turned away", async () => {
    const when = { name: "c", when: "rejected_rate > 0%", then: { percent: 50 } };
    const rules = [{ ...HOURLY, conditions: [when] }];
    for (const config of [{ shadow: true, concurrency: ONE }, { concurrency: { ...ONE, shadow: true } }]) {
      const rig = await start({ rules, ...config });
      const streams = Array.from({ length: 3 }, () => open(rig));
      assert.equal(inFlight(rig), 3);
      const { metrics } = rig.proxy;
      assert.equal(metrics.value("tidegate_ratelimit_concurrency_would_reject_total"), 2);
      assert.equal(metrics.value("rule=.=all;.;condition=.=c;.;tidegate_ratelimit_condition_active"), 0);
      streams.forEach((stream) => stream.close());
    }
  });
});

describe("a share of requests that the plugin looks at", () => {
  test("is that of the limit on requests in flight too", async () => {
    const rig = await start({ enabled_percent: 0, rules: [HOURLY], concurrency: ONE });
    for (let i = 0; i < 20; i++) assert.equal(details(open(rig)), undefined);
    const half = await start({ enabled_percent: 50, concurrency: ONE });
    const refused = Array.from({ length: 1000 }, () => open(half)).filter(details).length;
    assert.ok(refused > 400 && refused < 600, `${refused}`);
  });
});

describe("a worker without a request so far", () => {
  /** A first worker whose upstream answers one request each 10 ms and is sent five, for 20 s. */
  async function overloaded(): Promise<[first: Rig, second: Rig]> {
    const first = await start({ concurrency: {} });
    const second = await start({ concurrency: {} }, first.proxy);
    const served: Stream[] = [];
    for (let ms = 0; ms < 20_000; ms += 2) {
      first.proxy.clock.advanceMs(2);
      const stream = open(first);
      if (details(stream) === undefined) served.push(stream);
      if (ms % 10 === 0) served.shift()?.responseHeaders([[":status", "200"]], true);
    }
    return [first, second];
  }

  test("does not begin beyond the limit that the others have found", async () => {
    const [first, second] = await overloaded();
    const limit = first.proxy.metrics.value("tidegate_ratelimit_concurrency_limit")!;
    assert.ok(limit < 20, `${limit}`);
    const admitted = Array.from({ length: 100 }, () => open(second)).filter((stream) => !details(stream)).length;
    assert.ok(admitted >= 1 && admitted <= limit, `${admitted} of ${limit}`);
  });

  test("begins as configured when what the others have found is old", async () => {
    const [first, second] = await overloaded();
    first.plugin.done();
    first.proxy.clock.advanceMs(60_000);
    const admitted = Array.from({ length: 100 }, () => open(second)).filter((stream) => !details(stream)).length;
    assert.equal(admitted, 64);
  });

  test("says nothing of conditions, which are active where there are requests", async () => {
    const rules = [{ ...HOURLY, conditions: [{ name: "c", when: "inflight > 1", then: { percent: 50 } }] }];
    const first = await start({ rules });
    await start({ rules }, first.proxy);
    const streams = [open(first), open(first)];
    first.proxy.clock.advanceMs(3000);
    const name = "rule=.=all;.;condition=.=c;.;tidegate_ratelimit_condition_active";
    assert.equal(first.proxy.metrics.value(name), 1);
    streams.forEach((stream) => stream.close());
  });
});
