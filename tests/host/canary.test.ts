import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy, Status, utf8ByteString } from "../../tools/host/index.js";
import { type CanaryConfig, CanaryRig } from "../support/canary.js";
import { pluginModule } from "../support/plugin-module.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

/** The example of the README. */
const README: CanaryConfig = {
  default: "v1",
  rules: [
    { name: "testers", match: { header: { name: "x-user-id", in: ["1001", "1002"] } }, arm: "v2" },
    { name: "ramp", percent: 12.5, key: { header: "x-user-id" }, salt: "2026-11-checkout", arm: "v2" },
  ],
};
const NO_DEFAULT: CanaryConfig = { rules: README.rules.slice(0, 1) };

function share(percent: number, salt = "s"): CanaryConfig {
  return { rules: [{ name: "ramp", percent, key: { header: "x-user-id" }, salt, arm: "v2" }] };
}

/** The users of user0 to user9999 that go to v2. */
function chosen(rig: CanaryRig): Set<number> {
  const users = Array.from({ length: 10_000 }, (_, user) => user);
  return new Set(users.filter((user) => rig.send([["x-user-id", `user${user}`]]).decision[0] === "v2"));
}

describe("the decision header", () => {
  test("carries the arm, as the README says", async () => {
    const rig = await CanaryRig.start(module, README);
    assert.deepEqual(rig.send([["x-user-id", "1001"]]).decision, ["v2"]);
    assert.deepEqual(rig.send([["x-user-id", "7"]]).decision, ["v1"]);
    assert.deepEqual(rig.send([["x-canary", "v2"]]).decision, ["v1"]);
  });

  test("is one, whatever the client sent under its name", async () => {
    const rig = await CanaryRig.start(module, README);
    for (const sent of [
      ["v2"],
      ["v1", "v2"],
      ["v2", "v1"],
      ["v1,v2"],
      [""],
      ["v2", "v2", "v2"],
      ["x".repeat(61_440)],
    ]) {
      const headers = sent.map((value): [string, string] => ["x-canary", value]);
      assert.deepEqual(rig.send([...headers, ["x-user-id", "7"]]).decision, ["v1"], sent.join());
      assert.deepEqual(rig.send([["x-user-id", "1002"], ...headers]).decision, ["v2"], sent.join());
    }
  });

  test("is gone when no rule holds and there is no default", async () => {
    const rig = await CanaryRig.start(module, NO_DEFAULT);
    for (const sent of [[], ["v2"], ["v1", "v2"], [""]]) {
      const headers = sent.map((value): [string, string] => ["x-canary", value]);
      assert.deepEqual(rig.send(headers).decision, [], sent.join());
    }
    assert.deepEqual(rig.send([["x-user-id", "1001"]]).decision, ["v2"]);
  });

  test("is written, and the route chosen again, only when there is something to change", async () => {
    const rig = await CanaryRig.start(module, NO_DEFAULT);
    assert.equal(rig.send([["x-user-id", "7"]]).routeCacheClears, 0);
    assert.equal(rig.send([["x-user-id", "7"], ["x-canary", "v2"]]).routeCacheClears, 1); // prettier-ignore
    assert.equal(rig.send([["x-user-id", "1001"]]).routeCacheClears, 1);
  });

  test("can have another name", async () => {
    const rig = await CanaryRig.start(module, { ...README, decision_header: "x-arm" });
    const { headers } = rig.send([["x-canary", "mine"], ["x-arm", "v9"], ["x-user-id", "1001"]]); // prettier-ignore
    assert.deepEqual(headers, [["x-canary", "mine"], ["x-user-id", "1001"], ["x-arm", "v2"]]); // prettier-ignore
  });
});

describe("header rules", () => {
  const rules: CanaryConfig = {
    rules: [
      { name: "exact", match: { header: { name: "x-env", exact: "Test" } }, arm: "a" },
      { name: "prefix", match: { header: { name: "authorization", prefix: "Bearer é" } }, arm: "b" },
      { name: "list", match: { header: { name: "x-user", in: ["42", "é", "042"] } }, arm: "c" },
    ],
  };

  test("compare bytes; the first that holds decides", async () => {
    const rig = await CanaryRig.start(module, rules);
    const decide = (...headers: [string, string][]) => rig.send(headers).decision.join();
    assert.equal(decide(["x-env", "Test"], ["x-user", "42"]), "a");
    assert.equal(decide(["x-env", "test"], ["x-user", "42"]), "c");
    assert.equal(decide(["authorization", utf8ByteString("Bearer école")]), "b");
    assert.equal(decide(["authorization", "Bearer \xe9"]), "");
    assert.equal(decide(["x-user", utf8ByteString("é")]), "c");
    assert.equal(decide(["x-user", "\xff\xfe"]), "");
    assert.equal(decide(["x-user", "420"]), "");
    assert.equal(decide(["x-user", "0042"]), "");
    assert.equal(decide(["x-user", "042"]), "c");
  });

  test("look at the first value of a repeated header", async () => {
    const rig = await CanaryRig.start(module, rules);
    assert.deepEqual(rig.send([["x-user", "42"], ["x-user", "7"]]).decision, ["c"]); // prettier-ignore
    assert.deepEqual(rig.send([["x-user", "7"], ["x-user", "42"]]).decision, []); // prettier-ignore
  });

  test("do not hold without the header", async () => {
    const rig = await CanaryRig.start(module, rules);
    assert.deepEqual(rig.send().decision, []);
    assert.deepEqual(rig.send([["x-env", ""], ["x-user", ""], ["authorization", ""]]).decision, []); // prettier-ignore
  });
});

describe("a sticky share", () => {
  test("is nobody at 0, everybody at 100, and near its size between", async () => {
    assert.equal(chosen(await CanaryRig.start(module, share(0))).size, 0);
    assert.equal(chosen(await CanaryRig.start(module, share(100))).size, 10_000);
    const third = chosen(await CanaryRig.start(module, share(33.33))).size;
    assert.ok(Math.abs(third - 3333) < 4 * 47.1, `${third} of 10,000 at 33.33 %`); // four standard deviations
  });

  test("is the same in every worker and after every restart, and only grows", async () => {
    const proxy = new Proxy({ seed: 1 });
    const ten = chosen(await CanaryRig.start(module, share(10), proxy));
    assert.deepEqual(chosen(await CanaryRig.start(module, share(10), proxy)), ten);
    assert.deepEqual(chosen(await CanaryRig.start(module, share(10), new Proxy({ seed: 2 }))), ten);
    const twenty = chosen(await CanaryRig.start(module, share(20)));
    assert.ok([...ten].every((user) => twenty.has(user)));
    assert.ok(twenty.size > ten.size);
    const other = chosen(await CanaryRig.start(module, share(10, "another salt")));
    assert.ok([...ten].some((user) => !other.has(user)));
  });

  test("takes requests without a key only at 100 percent", async () => {
    const almost = await CanaryRig.start(module, share(99.99));
    const all = await CanaryRig.start(module, share(100));
    for (const headers of [[], [["x-user-id", ""]]] as [string, string][][]) {
      assert.deepEqual(almost.send(headers).decision, []);
      assert.deepEqual(all.send(headers).decision, ["v2"]);
    }
  });

  test("bounds what a long key costs", async () => {
    const rig = await CanaryRig.start(module, share(50));
    for (const length of [1024, 8192, 61_440]) {
      const first = rig.send([["x-user-id", "\xff".repeat(length)]]).decision;
      assert.deepEqual(rig.send([["x-user-id", "\xff".repeat(length)]]).decision, first);
    }
    assert.equal(rig.vm.trapped, undefined);
  });
});

describe("metrics and faults", () => {
  test("requests are counted by arm, and handed on with the tick", async () => {
    const rig = await CanaryRig.start(module, NO_DEFAULT);
    for (const id of ["1001", "1002", "7"]) rig.send([["x-user-id", id]]);
    assert.equal(rig.proxy.metrics.value("arm=.=v2;.;tidegate_canary_requests_total"), 0);
    rig.proxy.clock.advanceMs(1000);
    assert.equal(rig.proxy.metrics.value("arm=.=v2;.;tidegate_canary_requests_total"), 2);
    assert.equal(rig.proxy.metrics.value("tidegate_canary_unassigned_total"), 1);
    assert.equal(rig.count("host_errors"), 0);
  });

  test("what the host refuses is counted, and the request goes on", async () => {
    const rig = await CanaryRig.start(module, README);
    const refused = (call: string) => {
      const before = rig.count("host_errors")!;
      const fault = rig.proxy.faults.inject({ call, status: Status.InternalFailure });
      rig.send([["x-user-id", "1001"]]);
      fault.remove();
      return rig.count("host_errors")! - before;
    };
    assert.equal(refused("proxy_get_header_map_value"), 1); // what two rules look at is read once
    assert.equal(refused("proxy_replace_header_map_value"), 1);
    assert.equal(rig.vm.trapped, undefined);
    assert.deepEqual(rig.send([["x-user-id", "1001"]]).decision, ["v2"]);
  });

  test("a client's decision header is removed even when ours cannot be written or it cannot be read", async () => {
    for (const call of ["proxy_replace_header_map_value", "proxy_get_header_map_value"]) {
      for (const config of [README, NO_DEFAULT]) {
        const rig = await CanaryRig.start(module, config);
        rig.proxy.faults.inject({ call, status: Status.InternalFailure });
        const { decision } = rig.send([["x-user-id", "1001"], ["x-canary", "v9"], ["x-canary", "v8"]]); // prettier-ignore
        assert.ok(!decision.includes("v9") && !decision.includes("v8"), `${call}: ${decision.join()}`);
      }
    }
  });

  test("without ticks or random bytes the plugin works, and says what is missing", async () => {
    const proxy = new Proxy();
    proxy.faults.inject({ call: "proxy_set_tick_period_milliseconds", status: Status.InternalFailure });
    proxy.faults.inject({ call: "random_get", status: 76 });
    const rig = await CanaryRig.start(module, README, proxy);
    assert.deepEqual(rig.send([["x-user-id", "1001"]]).decision, ["v2"]);
    const lines = proxy.logs.map(({ level, message }) => [level, message]);
    assert.deepEqual(lines, [["warn", "canary: no ticks; metrics stay at 0, and schedules and ramps as they are now"]]);
  });

  test("several configurations live in one VM, each with its own rules", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(module);
    const plugins = ["v2", "v3"].map((arm) => {
      const config: CanaryConfig = { decision_header: `x-${arm}`, default: arm, rules: [] };
      return vm.startPlugin({ configuration: JSON.stringify(config) });
    });
    const [first, second] = plugins.map((plugin) => plugin.openStream());
    first!.requestHeaders([[":path", "/"]], true);
    second!.requestHeaders([[":path", "/"]], true);
    assert.deepEqual([...first!.request.headers], [[":path", "/"], ["x-v2", "v2"]]); // prettier-ignore
    assert.deepEqual([...second!.request.headers], [[":path", "/"], ["x-v3", "v3"]]); // prettier-ignore
  });

  test("no id is ever in a log line or a metric's name", async () => {
    const rig = await CanaryRig.start(module, NO_DEFAULT, new Proxy({ logLevel: "trace" }));
    rig.send([["x-user-id", "1001"]]);
    rig.plugin.tick();
    const said = JSON.stringify([rig.proxy.logs, [...rig.proxy.metrics.all()].map(({ name }) => name)]);
    assert.doesNotMatch(said, /1001|1002/);
  });
});
