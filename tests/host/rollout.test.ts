// A rollout in one proxy: release modules, several VMs, ratelimit for those whose streams have contexts and canary for others.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { FETCH } from "../support/fetched-list.js";
import { pluginModule } from "../support/plugin-module.js";
import { rolloutOf, RolloutRig, State } from "../support/rollout.js";

const quota = (requests: number, per: string, more: object = {}) => ({
  rules: [{ name: "all", quota: { requests, per }, ...more }],
});
const STABLE = quota(5000, "second");
const GOOD = quota(4000, "second");
const BAD = quota(1, "day");

const arm = (name: string) => ({ default: name, rules: [] });

let ratelimit: PluginModule;
let canary: PluginModule;

before(async () => {
  ratelimit = await pluginModule("ratelimit");
  canary = await pluginModule("canary");
});

const start = (config: object, workers = 1) => RolloutRig.start(ratelimit, "ratelimit", config, { workers });

describe("a new configuration", () => {
  test("is taken after the baseline, and kept when it is good", async () => {
    const rig = await start(rolloutOf(GOOD, STABLE), 2);
    assert.equal(rig.state(), State.baseline);
    rig.run(9, 10);
    assert.equal(rig.state(), State.baseline);
    rig.run(2, 10);
    assert.equal(rig.state(), State.new);
    rig.run(125, 10);
    assert.deepEqual([rig.state(), rig.reverts(), rig.logs()], [State.new, 0, []]);
  });

  for (const workers of [1, 4]) {
    test(`that rejects nearly all is given back by ${workers} workers, once, with one line`, async () => {
      const rig = await start(rolloutOf(BAD, STABLE), workers);
      const before = rig.run(10, 20);
      assert.deepEqual(Object.keys(before), ["200"]);
      const seconds = Array.from({ length: 6 }, () => rig.run(1, 20)["429"] ?? 0);
      assert.ok(Math.max(...seconds) >= 19, seconds.join());
      assert.equal(seconds[5], 0, "the stable configuration serves again");
      assert.deepEqual([rig.state(), rig.reverts()], [State.reverted, 1]);
      const [line, ...others] = rig.logs();
      assert.deepEqual(others, []);
      assert.match(
        line!,
        /^ratelimit: rollout 2026-11-limits: back to the stable configuration, since \d+\.\d % of \d+ requests were rejected, and 0\.0 % of \d+ before$/,
      );
    });
  }

  test("under which more fails is given back, and the upstream's share of it before does not count", async () => {
    const failing = (percent: number) => (i: number) => (i % 100 < percent ? "503" : "200");
    const rig = await start(rolloutOf(GOOD, STABLE), 2);
    rig.run(11, 100, failing(20));
    rig.run(20, 100, failing(22));
    assert.equal(rig.state(), State.new);
    rig.run(20, 100, failing(60));
    assert.equal(rig.state(), State.reverted);
    assert.match(rig.logs()[0]!, /requests failed, and 20\.0 % of \d+ before$/);
  });

  test("is not taken for worse for what streams of the stable one come to", async () => {
    const rig = await start(rolloutOf(GOOD, STABLE));
    rig.run(9, 40);
    const late = Array.from({ length: 500 }, () => rig.open());
    rig.run(3, 40);
    assert.equal(rig.state(), State.new);
    for (const stream of late) stream.responseHeaders([[":status", "503"]]);
    rig.run(30, 40);
    assert.equal(rig.state(), State.new);
  });

  test("is taken at once and not watched when it is not to be given back", async () => {
    const rig = await start(rolloutOf(BAD, STABLE, { revert: { enabled: false } }), 2);
    assert.equal(rig.state(), State.new);
    assert.ok(rig.run(60, 10)["429"]! > 590);
    assert.deepEqual([rig.state(), rig.reverts()], [State.new, 0]);
    assert.deepEqual(rig.proxy.sharedData.keys().filter((key) => key.includes("rollout")), []); // prettier-ignore
  });

  test("serves nobody at 0 %", async () => {
    const rig = await start(rolloutOf(BAD, STABLE, { percent: 0 }), 2);
    assert.deepEqual(rig.run(30, 10), { 200: 300 });
    assert.deepEqual([rig.state(), rig.reverts()], [State.stable, 0]);
  });

  for (const [name, fresh, stable] of [
    ["ratelimit", BAD, STABLE],
    ["canary", arm("v2"), arm("v1")],
  ] as const) {
    test(`of ${name} may have settings, as the stable one may`, async () => {
      const within = (config: object) => ({
        disabled: true,
        settings: [{ name: "all", match: { hosts: ["shop.example"] }, config }],
      });
      const rig = await RolloutRig.start(
        name === "canary" ? canary : ratelimit,
        name,
        rolloutOf(within(fresh), within(stable)),
      );
      const armOf = () => new Map(rig.open().request.headers).get("x-canary");
      assert.equal(armOf(), name === "canary" ? "v1" : undefined);
      rig.run(11, 20);
      assert.equal(armOf(), name === "canary" ? "v2" : undefined);
      rig.run(5, 20);
      assert.equal(rig.state(), name === "canary" ? State.new : State.reverted);
    });
  }

  test("may be none: then requests pass untouched", async () => {
    const rig = await start(rolloutOf({ disabled: true }, BAD, { revert: { rejections: { more_percent: 5 } } }));
    assert.ok(rig.run(11, 10)["429"]! > 90);
    assert.deepEqual(rig.run(20, 10), { 200: 200 });
    assert.equal(rig.state(), State.new);
  });
});

describe("streams under way", () => {
  test("end under the configuration under which they began, with a context each", async () => {
    const limit = { concurrency: { min_limit: 5, max_limit: 5, initial_limit: 5 } };
    const rig = await start(rolloutOf({ ...limit, shadow: false }, limit));
    const under = Array.from({ length: 5 }, () => rig.open());
    rig.run(62, 0);
    assert.equal(rig.state(), State.new);
    // Those that are under way do not count as in flight under the new one, and their end takes nothing from it.
    const next = Array.from({ length: 5 }, () => rig.open());
    for (const stream of under) stream.close();
    assert.ok(next.every((stream) => !stream.localResponse));
    assert.ok(rig.open().localResponse);
  });

  test("end where they began without contexts of their own too", async () => {
    const debug = { debug: { response_header: "x-arm" } };
    const rig = await RolloutRig.start(
      canary,
      "canary",
      rolloutOf({ ...arm("v2"), ...debug }, { ...arm("v1"), ...debug }),
    );
    const told = (stream: ReturnType<RolloutRig["open"]>) => {
      stream.responseHeaders([[":status", "200"]], true);
      return new Map(stream.response.headers).get("x-arm")?.slice(0, 2);
    };
    rig.run(9, 10);
    const late = rig.open();
    rig.run(2, 10);
    assert.equal(rig.state(), State.new);
    const fresh = rig.open();
    assert.deepEqual([told(late), told(fresh)], ["v1", "v2"]);
  });
});

describe("a configuration that is delivered", () => {
  test("again goes on, and does not forget that it went back", async () => {
    const config = rolloutOf(BAD, STABLE);
    const rig = await start(config, 2);
    rig.run(6, 20);
    for (const old of rig.configure(config)) old.done();
    rig.run(4, 20);
    assert.equal(rig.state(), State.new);
    for (const old of rig.configure(rolloutOf(BAD, STABLE, { percent: 99.99 }))) old.done();
    rig.run(5, 20);
    assert.equal(rig.state(), State.reverted);
    rig.configure(config);
    assert.deepEqual(rig.run(40, 20), { 200: 800 });
    assert.deepEqual([rig.state(), rig.reverts(), rig.logs().length], [State.reverted, 1, 1]);
  });

  test("with another salt or another text begins anew, and the one before is remembered", async () => {
    const rig = await start(rolloutOf(BAD, STABLE), 2);
    rig.run(15, 20);
    rig.configure(rolloutOf(BAD, STABLE, { salt: "other" })).forEach((old) => old.done());
    assert.deepEqual([rig.state(), rig.state("other")], [State.reverted, State.baseline]);
    rig.configure(rolloutOf(GOOD, STABLE)).forEach((old) => old.done());
    assert.equal(rig.state(), State.baseline);
    rig.run(12, 20);
    assert.equal(rig.state(), State.new);
    rig.configure(rolloutOf(BAD, STABLE));
    assert.equal(rig.state(), State.reverted);
  });
});

describe("a configuration that Envoy takes again", () => {
  // As it does with one that it keeps for its last streams: without another on_configure.
  for (const [name, { module, sides }] of Object.entries({
    ratelimit: { module: () => ratelimit, sides: [GOOD, STABLE] },
    canary: { module: () => canary, sides: [arm("v2"), arm("v1")] },
  })) {
    test(`says so once ${name} serves again`, async () => {
      const [fresh, stable] = sides as [object, object];
      const of = (percent: number) => rolloutOf(fresh, stable, { percent, revert: { enabled: false } });
      const rig = await RolloutRig.start(module(), name, of(0));
      const first = rig.configure(of(100));
      rig.run(2, 10);
      assert.equal(rig.state(), State.new);
      const [second] = rig.plugins.splice(0, 1, ...first);
      assert.equal(rig.state(), State.new);
      rig.run(2, 10);
      assert.equal(rig.state(), State.stable);
      // Of two that serve within a second, the one that did last.
      rig.send();
      rig.plugins.splice(0, 1, second!);
      rig.send();
      rig.proxy.clock.advanceMs(3000);
      assert.equal(rig.state(), State.new);
      rig.assertAlive();
    });
  }
});

describe("what a rollout costs", () => {
  /** Of a request, when shares of what workers share are at hand. */
  const callsOf = (rig: RolloutRig) => Math.min(...Array.from({ length: 5 }, () => callsOfOne(rig)));
  const callsOfOne = (rig: RolloutRig) => {
    const stream = rig.plugins[0]!.openStream();
    const counts = [stream.requestHeaders([[":path", "/"], [":method", "GET"]], true).counts]; // prettier-ignore
    counts.push(stream.responseHeaders([[":status", "200"]], false).counts, stream.close());
    return counts.reduce((sum, { hostCallTotal }) => sum + hostCallTotal, 0);
  };

  test("is one host call a response while it is watched, and nothing before and after", async () => {
    const plain = callsOf(await start(GOOD));
    const outside = await start(rolloutOf(GOOD, STABLE, { percent: 0 }));
    assert.equal(callsOf(outside), plain);
    const rig = await start(rolloutOf(GOOD, STABLE));
    assert.equal(callsOf(rig), plain + 1);
    rig.run(11, 10);
    assert.deepEqual([rig.state(), callsOf(rig)], [State.new, plain + 1]);
    rig.run(125, 10);
    assert.deepEqual([rig.state(), callsOf(rig)], [State.new, plain]);
    const alone = await start(GOOD);
    rig.run(5, 10);
    alone.run(5, 10);
    const ticks = [rig, alone].map(({ plugins }) => plugins[0]!.tick().hostCallTotal);
    assert.equal(ticks[0], ticks[1]);
  });

  test("is no tick of the configuration that does not serve", async () => {
    const fetching = { default: "v2", rules: [], lists: { testers: { fetch: FETCH } } };
    const proxy = new Proxy({ nodeId: "n" });
    const rig = await RolloutRig.start(canary, "canary", rolloutOf(fetching, arm("v1")), { proxy });
    rig.run(8, 10);
    assert.equal(proxy.httpCalls.length, 0);
    assert.equal(rig.state(), State.baseline);
    for (let i = 0; i < 5 && proxy.httpCalls.length === 0; i++) rig.run(1, 10);
    assert.deepEqual([rig.state(), proxy.httpCalls.length], [State.new, 1]);
  });
});

describe("a rollout that is wrong", () => {
  test("is refused with all problems of both configurations", async () => {
    const proxy = new Proxy({ nodeId: "n" });
    const vm = await proxy.createVm(ratelimit);
    const wrong = { rules: [{ name: "all", quota: { requests: "x", per: "second" } }] };
    const configuration = JSON.stringify({
      ...wrong,
      rollout: { percent: 101, salt: "-", stable: { ...wrong, rollout: {} }, reverts: 1 },
    });
    assert.equal(vm.startPlugin({ configuration }).ok, false);
    assert.deepEqual(
      proxy.logs.map(({ message }) => message.replace(/^ratelimit: (\S+): .*/, "$1")).sort(),
      ["$.rollout.percent", "$.rollout.reverts", "$.rollout.salt", "$.rollout.stable.rollout", "$.rollout.stable.rules[0].quota.requests", "$.rules[0].quota.requests"], // prettier-ignore
    );
  });
});
