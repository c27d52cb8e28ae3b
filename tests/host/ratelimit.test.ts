import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type PluginModule, Proxy, Status, VirtualClock } from "../../tools/host/index.js";
import { pluginBytes, pluginModule } from "../support/plugin-module.js";
import { type RateLimitConfig, Rig } from "../support/ratelimit.js";

const PER_USER = { name: "user", key: { header: "x-user" }, quota: { requests: 10, per: "second", burst: 3 } } as const;
/** Clients are told the wait as it is. */
const EXACT = { response: { retry_after_jitter_percent: 0 } } as const;
const ALICE: HeaderList = [["x-user", "alice"]];
const BOB: HeaderList = [["x-user", "bob"]];

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

function start(config: RateLimitConfig, proxy?: Proxy): Promise<Rig> {
  return Rig.start(module, config, proxy);
}

describe("a request beyond its quota", () => {
  test("is answered 429 with Retry-After, a short text and details", async () => {
    const rig = await start({ ...EXACT, rules: [{ name: "all", quota: { requests: 2, per: "minute" } }] });
    assert.equal(rig.admitted(2), 2);
    const { response, retryAfter } = rig.send();
    assert.equal(response?.status, 429);
    assert.equal(response.details, "tidegate_ratelimit{all}");
    assert.equal(Buffer.from(response.body).toString(), "rate limit exceeded");
    assert.equal(retryAfter, "30");
  });

  test("is told the wait in whole seconds, rounded up", async () => {
    const rig = await start({ ...EXACT, rules: [{ name: "all", quota: { requests: 1, per: "minute" } }] });
    rig.send();
    rig.proxy.clock.advanceMs(29_999);
    assert.equal(rig.send().retryAfter, "31");
    rig.proxy.clock.advanceMs(30_000.5);
    assert.equal(rig.send().retryAfter, "1");
    rig.proxy.clock.advanceMs(0.5);
    assert.equal(rig.send().admitted, true);
  });

  test("gets the configured status", async () => {
    const rig = await start({ status: 503, rules: [{ name: "all", quota: { requests: 1, per: "day" } }] });
    rig.send();
    assert.equal(rig.send().response?.status, 503);
  });

  test("that is gRPC gets RESOURCE_EXHAUSTED", async () => {
    const rig = await start({ ...EXACT, rules: [{ name: "all", quota: { requests: 1, per: "day" } }] });
    rig.send();
    const stream = rig.plugin.openStream();
    stream.requestHeaders([
      [":method", "POST"],
      ["content-type", "application/grpc"],
    ]);
    const headers = Object.fromEntries(stream.response.headers);
    assert.equal(headers[":status"], "200");
    assert.equal(headers["grpc-status"], "8");
    assert.equal(headers["grpc-message"], "rate limit exceeded");
    assert.equal(headers["retry-after"], "86400");
  });

  test("stops there: its body goes nowhere", async () => {
    const rig = await start({ rules: [{ name: "all", quota: { requests: 1, per: "day" } }] });
    rig.send();
    const stream = rig.plugin.openStream();
    assert.equal(stream.requestHeaders([[":path", "/"]], false).paused, true);
    assert.equal(stream.localResponse?.status, 429);
  });
});

describe("keys", () => {
  test("have quotas of their own, refilled evenly", async () => {
    const rig = await start({ rules: [PER_USER] });
    assert.equal(rig.admitted(10, ALICE), 3);
    assert.equal(rig.admitted(10, BOB), 3);
    rig.proxy.clock.advanceMs(99);
    assert.equal(rig.admitted(10, ALICE), 0);
    rig.proxy.clock.advanceMs(1);
    assert.equal(rig.admitted(10, ALICE), 1);
    rig.proxy.clock.advanceMs(60_000);
    assert.equal(rig.admitted(10, ALICE), 3);
  });

  test("that are missing or empty share one quota: nobody passes for leaving the key out", async () => {
    const rig = await start({ rules: [PER_USER] });
    assert.equal(rig.admitted(2, []), 2);
    assert.equal(rig.admitted(10, [["x-user", ""]]), 1);
    assert.equal(rig.admitted(10, []), 0);
  });

  test("come from the first value of a repeated header, in either order", async () => {
    const rig = await start({ rules: [PER_USER] });
    assert.equal(rig.admitted(10, [...ALICE, ...BOB]), 3);
    assert.equal(rig.admitted(10, ALICE), 0);
    assert.equal(rig.admitted(10, [...BOB, ...ALICE]), 3);
  });

  test("of any bytes and length are keys like others", async () => {
    const rig = await start({ rules: [PER_USER] });
    for (const value of ["\xff\xfe\x01", "a".repeat(8192), "b".repeat(60_000)]) {
      assert.equal(rig.admitted(10, [["x-user", value]]), 3);
    }
    assert.equal(rig.vm.trapped, undefined);
  });

  test("by client address are as Envoy tells it, whatever a header says", async () => {
    const rule = { name: "ip", key: { client_address: true }, quota: { requests: 2, per: "hour" } } as const;
    const rig = await start({ rules: [rule] });
    const spoofed = (i: number): HeaderList => [["x-forwarded-for", `10.9.9.${i}`]];
    const from = (address: string) => ({ "source.address": address });
    assert.equal(rig.admitted(1, spoofed(1), from("10.0.0.1:1111")), 1);
    assert.equal(rig.admitted(1, spoofed(2), from("10.0.0.1:2222")), 1);
    assert.equal(rig.admitted(5, spoofed(3), from("10.0.0.1:3333")), 0);
    assert.equal(rig.admitted(5, spoofed(1), from("[2001:db8::1]:1")), 2);
    assert.equal(rig.admitted(5, spoofed(1), from("[2001:db8::1]:2")), 0);
  });

  test("by path leave the query out", async () => {
    const rule = { name: "path", key: { path: true }, quota: { requests: 1, per: "hour" } } as const;
    const rig = await start({ rules: [rule] });
    assert.equal(rig.send([[":path", "/a?1"]]).admitted, true);
    assert.equal(rig.send([[":path", "/a?2"]]).admitted, false);
    assert.equal(rig.send([[":path", "/b?2"]]).admitted, true);
  });
});

describe("over a minute of overload", () => {
  test("a key is admitted exactly burst + rate * t", async () => {
    const rig = await start({ rules: [PER_USER] });
    let admitted = 0;
    for (let ms = 0; ms < 60_000; ms += 20) {
      admitted += rig.admitted(2, ALICE);
      rig.proxy.clock.advanceMs(20);
    }
    // Asked for the last time at 59.98 s, when 599 had been earned.
    assert.equal(admitted, 3 + 599);
  });
});

describe("shadow", () => {
  test("rejects nothing and counts what it would", async () => {
    const rig = await start({ rules: [{ ...PER_USER, shadow: true }] });
    assert.equal(rig.admitted(10, ALICE), 10);
    assert.equal(rig.count("user", "would_reject"), 7);
    assert.equal(rig.count("user", "admitted"), 3);
    assert.equal(rig.count("user", "rejected"), 0);
  });

  test("can be set for all rules", async () => {
    const rig = await start({ shadow: true, rules: [PER_USER, { name: "all", quota: { requests: 1, per: "day" } }] });
    assert.equal(rig.admitted(10, ALICE), 10);
    assert.equal(rig.count("user", "would_reject"), 7);
    assert.equal(rig.count("all", "would_reject"), 9);
  });
});

describe("metrics", () => {
  test("are counted by rule and flushed on the tick alone", async () => {
    const rig = await start({ rules: [PER_USER, { name: "all", quota: { requests: 5, per: "hour" } }] });
    const { counts } = rig.send(ALICE);
    assert.equal(counts.hostCalls["proxy_increment_metric"], undefined);
    rig.admitted(9, ALICE);
    rig.admitted(10, BOB);
    rig.proxy.clock.advanceMs(1000);
    const value = (rule: string, noun: string) =>
      rig.proxy.metrics.value(`rule=.=${rule};.;tidegate_ratelimit_${noun}_total`);
    assert.equal(value("user", "admitted"), 5);
    assert.equal(value("user", "rejected"), 7, "of alice; bob had one left");
    assert.equal(value("all", "admitted"), 5);
    assert.equal(value("all", "rejected"), 8, "of bob; for alice there was room");
    rig.proxy.clock.advanceMs(1000);
    assert.equal(value("all", "rejected"), 8, "not handed on twice");
  });
});

describe("what the host does not answer", () => {
  test("counts as a missing key, and is counted", async () => {
    const rig = await start({ rules: [PER_USER] });
    const fault = rig.proxy.faults.inject({ call: "proxy_get_header_map_value", status: Status.InternalFailure });
    assert.equal(rig.admitted(10, ALICE), 3, "the bucket for no key");
    fault.remove();
    assert.equal(rig.hostErrors(), 10);
  });

  test("lets all pass without a clock, and without a way to answer", async () => {
    const rig = await start({ rules: [PER_USER] });
    for (const [call, status] of [
      ["clock_time_get", 76],
      ["proxy_send_local_response", Status.InternalFailure],
    ] as const) {
      rig.admitted(10, ALICE);
      const fault = rig.proxy.faults.inject({ call, status });
      const stream = rig.plugin.openStream();
      assert.equal(stream.requestHeaders([[":path", "/"], ...ALICE], true).paused, false);
      fault.remove();
    }
    assert.equal(rig.hostErrors(), 2);
    assert.equal(rig.admitted(10, ALICE), 0, "and goes on limiting afterwards");
  });

  test("is no full bucket when the clock was silent at configure, however long it has run", async () => {
    const days = 86_400n * 1_000_000_000n;
    for (const age of [1n, 416n, 418n, 800n, 900n]) {
      const proxy = new Proxy({ clock: new VirtualClock({ monotonicNs: age * days }) });
      const fault = proxy.faults.inject({ call: "clock_time_get", status: 76 });
      const rig = await start({ rules: [{ name: "all", quota: { requests: 2, per: "minute" } }] }, proxy);
      fault.remove();
      assert.equal(rig.admitted(5), 2, `${age} days`);
      proxy.clock.advanceMs(30_000);
      assert.equal(rig.admitted(5), 1, `${age} days`);
    }
  });

  test("does not keep it from starting: no randomness, no metrics, no ticks", async () => {
    for (const call of ["random_get", "proxy_define_metric", "proxy_set_tick_period_milliseconds"]) {
      const proxy = new Proxy();
      proxy.faults.inject({ call, status: Status.InternalFailure });
      const rig = await start({ rules: [PER_USER] }, proxy);
      assert.equal(rig.plugin.ok, true, call);
      assert.equal(rig.admitted(10, ALICE), 3, call);
    }
  });
});

describe("time", () => {
  test("set on the wall clock does nothing", async () => {
    const rig = await start({ rules: [PER_USER] });
    rig.admitted(10, ALICE);
    for (const step of [-3_600_000, 86_400_000]) {
      rig.proxy.clock.stepWallMs(step);
      assert.equal(rig.admitted(10, ALICE), 0);
    }
  });
});

describe("workers", () => {
  test("take a new configuration while the old one still serves", async () => {
    const rig = await start({ rules: [PER_USER] });
    const next = rig.vm.startPlugin({
      rootId: "ratelimit",
      configuration: JSON.stringify({ rules: [{ ...PER_USER, quota: { requests: 1, per: "day" } }] }),
    });
    assert.equal(next.ok, true);
    assert.equal(rig.admitted(10, ALICE), 3);
    const answers = Array.from({ length: 5 }, () => {
      const stream = next.openStream();
      stream.requestHeaders([[":path", "/"], ...ALICE], true);
      return stream.localResponse === undefined;
    });
    assert.deepEqual(answers, [true, false, false, false, false]);
  });
});

describe("the budget", () => {
  const busy = { ...PER_USER, quota: { requests: 100_000, per: "second" } } as const;
  const limited = { rules: [busy], concurrency: {} };
  const cases: [what: string, config: RateLimitConfig, calls: number][] = [
    ["one rule by a header", { rules: [busy] }, 2.5],
    ["a path, then a header", { rules: [{ ...busy, match: { path: { prefix: "/" } } }] }, 3.5],
    ["several rules by the same header", { rules: [busy, { ...busy, name: "second" }] }, 3],
    ["a rule that does not match", { rules: [{ ...busy, match: { path: { exact: "/other" } } }] }, 1],
    ["one rule by a header, and the limit on requests in flight", limited, 3],
  ];
  for (const [what, config, calls] of cases) {
    test(`${what}: at most ${calls} host calls a request, and no allocation`, async () => {
      const rig = await Rig.start(await pluginModule("ratelimit", "counting"), config);
      const serve = (i: number): number => {
        rig.proxy.clock.advanceMs(0.125);
        const { admitted, calls, heapAllocations } = rig.serve([["x-user", `user-${i % 10}`]]);
        assert.ok(admitted);
        if (i >= 100) assert.equal(heapAllocations, 0);
        return calls;
      };
      for (let i = 0; i < 4000; i++) serve(i);
      let total = 0;
      for (let i = 0; i < 2000; i++) total += serve(i);
      assert.ok(total / 2000 <= calls, `${total / 2000}`);
      rig.plugin.tick();
      assert.equal(rig.plugin.lastTick?.heapAllocations, 0);
    });
  }

  test("of a key that is denied: 2 host calls, 1 to answer, and no allocation", async () => {
    const rig = await Rig.start(await pluginModule("ratelimit", "counting"), { rules: [PER_USER] });
    rig.admitted(10, ALICE);
    const { counts } = rig.send(ALICE);
    assert.equal(counts.hostCallTotal, 3);
    assert.equal(counts.heapAllocations, 0);
  });

  test("of the release module: 192 KB", async () => {
    assert.ok((await pluginBytes("ratelimit")).length < 192 * 1024);
  });
});

describe("new configurations", () => {
  test("give the memory of the old ones back", async () => {
    const rig = await start({ rules: [PER_USER] });
    const configuration = JSON.stringify({ max_keys: 16_384, rules: [PER_USER] });
    let current = rig.plugin;
    let settled = 0;
    for (let round = 0; round < 60; round++) {
      const next = rig.vm.startPlugin({ rootId: "ratelimit", configuration });
      assert.equal(next.ok, true);
      for (let i = 0; i < 10; i++) {
        const stream = next.openStream();
        stream.requestHeaders([[":path", "/"], ...ALICE], true);
        stream.close();
      }
      current.done();
      current = next;
      rig.proxy.clock.advanceMs(120_000);
      if (round === 30) settled = rig.vm.memoryBytes;
    }
    assert.equal(rig.vm.memoryBytes, settled);
  });
});

describe("a scan of distinct keys", () => {
  const hourly = { name: "user", key: { header: "x-user" }, quota: { requests: 2, per: "hour" } } as const;

  test("of a million does not reset a hot key, and costs no memory", async () => {
    const rig = await start({ rules: [hourly] });
    assert.equal(rig.admitted(5, ALICE), 2);
    for (let i = 0; i < 10_000; i++) rig.send([["x-user", `warm-${i}`]]);
    const warm = rig.vm.memoryBytes;
    let hotAdmitted = 0;
    for (let i = 0; i < 1_000_000; i++) {
      rig.send([["x-user", `scan-${i}`]]);
      if (i % 1000 === 0) hotAdmitted += rig.admitted(1, ALICE);
    }
    assert.equal(hotAdmitted, 0);
    assert.equal(rig.vm.memoryBytes, warm);
    assert.equal(rig.count("user", "evictions"), 0, "every slot still owed");
    assert.equal(rig.count("user", "overflow"), 2 * 103, "all of a page without a slot shared one bucket");
  });

  test("over time evicts what owes nothing, and memory stays as it is", async () => {
    const rig = await start({ rules: [PER_USER] });
    for (let i = 0; i < 10_000; i++) rig.send([["x-user", `warm-${i}`]]);
    const warm = rig.vm.memoryBytes;
    rig.proxy.clock.advanceMs(1000);
    const overflow = rig.count("user", "overflow");
    for (let i = 0; i < 200_000; i++) {
      rig.proxy.clock.advanceMs(0.2);
      assert.equal(rig.send([["x-user", `scan-${i}`]]).admitted, true);
    }
    assert.equal(rig.vm.memoryBytes, warm);
    assert.ok(rig.count("user", "evictions") > 100_000);
    assert.equal(rig.count("user", "overflow"), overflow);
  });
});
