// What the plugin's parts come to together: decisions that are kept, what responses are told, arms that are taken out.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Errno, type HeaderList, type Plugin, type PluginModule, Proxy, sumCounts } from "../../tools/host/index.js";
import { type CanaryConfig, CanaryRig } from "../support/canary.js";
import { ordinaryHeaders } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";

const REPLACE = "proxy_replace_header_map_value";
/** Notes that the plugin keeps of streams. */
const NOTES = 8192;
const SECOND = 1000;

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

const user = (name: string): HeaderList[number] => ["x-user", name];
const decided = (...values: string[]): HeaderList => values.map((value) => ["x-canary", value]);
const rule = (name: string, arm: string) => ({ name, match: { header: { name: "x-user", exact: name } }, arm });

/** ada is given v2. */
const ADA: CanaryConfig = { default: "v1", rules: [rule("ada", "v2")] };
const TOLD: CanaryConfig = {
  default: "v1",
  rules: [
    rule("ada", "v2"),
    { name: "browsers", arm: "v3", percent: 50, key: { assign_cookie: { name: "tg" } }, salt: "s" },
  ],
  debug: { response_header: "x-debug", attribute: true },
};

/** A stream whose request is on its way; `answer` brings the response and says what it was told. */
function open(plugin: Plugin, headers: HeaderList = []) {
  const stream = plugin.openStream();
  const request = stream.requestHeaders([...ordinaryHeaders, ...headers], true);
  const [, arm] = stream.request.headers.find(([name]) => name === "x-canary") ?? [];
  const answer = (status = "200") => {
    const response = stream.responseHeaders([[":status", status]], true);
    stream.close();
    const values = (name: string) => stream.response.headers.filter(([key]) => key === name).map(([, value]) => value);
    return {
      debug: values("x-debug"),
      cookies: values("set-cookie").length,
      counts: sumCounts([request.counts, response.counts]),
    };
  };
  return { arm, stream, answer };
}

describe("a decision of a trusted hop", () => {
  const trusted = { header: { name: "x-hop", exact: "gateway" } };
  const config = { ...ADA, trusted };
  const HOP: HeaderList[number] = ["x-hop", "gateway"];

  test("is kept, and not written again, if a single value names an arm", async () => {
    const rig = await CanaryRig.start(module, config);
    for (const arm of ["v1", "v2"]) {
      for (const name of ["ada", "bob"]) {
        const { decision, routeCacheClears } = rig.send([HOP, user(name), ...decided(arm)]);
        assert.deepEqual([decision, routeCacheClears], [[arm], 0], `${name} comes with ${arm}`);
      }
    }
    rig.plugin.tick();
    assert.equal(rig.proxy.metrics.value("arm=.=v2;.;tidegate_canary_requests_total"), 2);
  });

  test("is made anew if it names none, or more than one", async () => {
    const rig = await CanaryRig.start(module, config);
    const sent = [
      ["v9"],
      ["V2"],
      ["v"],
      [""],
      [" v2"],
      ["v1", "v2"],
      ["v2", "v1"],
      ["v2", "v2"],
      ["v2,v2"],
      ["v2,"],
      [],
    ];
    for (const values of sent) {
      assert.deepEqual(rig.send([HOP, user("ada"), ...decided(...values)]).decision, ["v2"], values.join(" and "));
      assert.deepEqual(rig.send([HOP, user("bob"), ...decided(...values)]).decision, ["v1"], values.join(" and "));
    }
  });

  test("is told as nobody's rule", async () => {
    const rig = await CanaryRig.start(module, { ...TOLD, trusted });
    open(rig.plugin, [user("ada")]).answer();
    const { debug, cookies } = open(rig.plugin, [HOP, ...decided("v2")]).answer();
    assert.deepEqual([debug, cookies], [["v2; rule=default"], 0]);
  });

  test("is nobody else's", async () => {
    const rig = await CanaryRig.start(module, config);
    for (const hop of [[], [["x-hop", "client"]], [["x-hop", "gateway2"]]] as HeaderList[]) {
      assert.deepEqual(rig.send([...hop, user("ada"), ...decided("v1")]).decision, ["v2"]);
      assert.deepEqual(rig.send([...hop, user("bob"), ...decided("v2")]).decision, ["v1"]);
    }
  });

  test("names an arm by its value", async () => {
    const arms = [
      { name: "v1", value: "v2" },
      { name: "v2", value: "outbound|80|v2|shop" },
    ];
    const rig = await CanaryRig.start(module, { ...config, arms });
    const requests = (arm: string) => rig.proxy.metrics.value(`arm=.=${arm};.;tidegate_canary_requests_total`);
    assert.deepEqual(rig.send([HOP, user("bob"), ...decided("outbound|80|v2|shop")]).decision, ["outbound|80|v2|shop"]);
    assert.deepEqual(rig.send([HOP, user("ada"), ...decided("v2")]).decision, ["v2"], "which is what v1 is called");
    assert.deepEqual(rig.send([HOP, user("ada"), ...decided("v1")]).decision, ["outbound|80|v2|shop"]);
    rig.plugin.tick();
    assert.deepEqual([requests("v1"), requests("v2")], [1, 2], "metrics go by names");
  });

  test("brings its lane's label along", async () => {
    const rig = await CanaryRig.start(module, { ...config, lane_propagation: { mode: "edge" } });
    const label = (headers: HeaderList) => rig.send([["x-lane", "team"], ...headers]).headers.filter(([name]) => name === "x-lane"); // prettier-ignore
    assert.deepEqual(label([["x-hop", "gateway"], ...decided("v2")]), [["x-lane", "team"]]);
    assert.deepEqual(label([["x-hop", "gateway"]]), [], "what is decided here has the label of here");
    assert.deepEqual(label(decided("v2")), []);
  });
});

describe("the decision header", () => {
  test("says an arm's value", async () => {
    const rig = await CanaryRig.start(module, { ...ADA, arms: [{ name: "v2", value: "outbound|9080|v2|reviews" }] });
    assert.deepEqual(rig.send([user("ada")]).decision, ["outbound|9080|v2|reviews"]);
    assert.deepEqual(rig.send([user("bob")]).decision, ["v1"]);
  });

  test("is left alone only where it is one right value", async () => {
    const rig = await CanaryRig.start(module, ADA);
    const cases: [sent: string[], writes: number][] = [
      [["v2"], 0],
      [["v2", "v2"], 1],
      [["v2,v2"], 1],
      [["v2", ""], 1],
      [["", "v2"], 1],
      [["v1"], 1],
      [["v2 "], 1],
      [[], 1],
    ];
    for (const [sent, writes] of cases) {
      const { decision, counts, routeCacheClears } = rig.send([user("ada"), ...decided(...sent)]);
      assert.deepEqual([decision, counts.hostCalls[REPLACE] ?? 0], [["v2"], writes], sent.join(" and "));
      assert.equal(routeCacheClears, writes, sent.join(" and "));
    }
  });
});

describe("responses", () => {
  test("are told what became of their requests, in whatever order they come", async () => {
    const { plugin, proxy } = await CanaryRig.start(module, TOLD);
    const streams = ["ada", "bob", "ada", "eve", "bob"].map((name) => open(plugin, [user(name)]));
    for (const { arm, stream, answer } of streams.reverse()) {
      const by = arm === "v2" ? "ada" : arm === "v3" ? "browsers" : "default";
      const attribute = [...stream.filterState].find(([name]) => name.includes("tidegate"));
      assert.deepEqual(attribute, ["wasm.tidegate.canary", `${arm}; rule=${by}`]);
      const { debug, cookies } = answer();
      assert.deepEqual([debug, cookies], [[`${arm}; rule=${by}`], arm === "v2" ? 0 : 1]);
    }
    assert.equal(proxy.metrics.value("tidegate_canary_host_errors_total"), 0);
  });

  test("have the debug header of this plugin alone, and none of an upstream's", async () => {
    const { plugin } = await CanaryRig.start(module, TOLD);
    const stream = plugin.openStream();
    stream.requestHeaders([...ordinaryHeaders, user("ada")], true);
    stream.responseHeaders([[":status", "200"], ["x-debug", "theirs"], ["x-debug", "too"]], true); // prettier-ignore
    assert.deepEqual(stream.response.headers.filter(([name]) => name === "x-debug"), [["x-debug", "v2; rule=ada"]]); // prettier-ignore
  });

  test("to streams older than the notes pass untouched, and so do those without a request", async () => {
    const rig = await CanaryRig.start(module, TOLD);
    const old = open(rig.plugin, [user("ada")]);
    const inTime = open(rig.plugin, [user("ada")]);
    for (let i = 0; i < NOTES - 1; i++) open(rig.plugin, [user("bob")]).answer();
    assert.deepEqual(old.answer().debug, [], "another stream's note is in its place");
    assert.deepEqual(inTime.answer().debug, ["v2; rule=ada"]);
    const local = rig.plugin.openStream();
    local.responseHeaders([[":status", "401"]], true);
    assert.deepEqual(local.response.headers, [[":status", "401"]]);
    assert.equal(rig.vm.trapped, undefined);
    assert.equal(rig.count("host_errors"), 0);
  });

  test("of two configurations in one VM do not mix", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(module);
    const plugins = ["a", "b"].map((name) => {
      const rules = [rule(name, name), ...TOLD.rules.slice(1)];
      const config: CanaryConfig = { ...TOLD, rules, debug: { response_header: "x-debug" } };
      return vm.startPlugin({ name, rootId: name, configuration: JSON.stringify(config) });
    });
    const streams = Array.from({ length: 200 }, (_, i) => open(plugins[i % 2]!, [user(i % 3 ? "a" : "b")]));
    for (const [i, { arm, answer }] of [...streams.entries()].reverse()) {
      const [name, own] = [i % 3 ? "a" : "b", i % 2 ? "b" : "a"];
      const { debug, cookies } = answer();
      assert.deepEqual([debug, cookies], name === own ? [[`${own}; rule=${own}`], 0] : [[`${arm}; rule=${arm === "v3" ? "browsers" : "default"}`], 1]); // prettier-ignore
    }
    plugins[0]!.done();
    assert.deepEqual(open(plugins[1]!, [user("b")]).answer().debug, ["b; rule=b"]);
    assert.equal(vm.trapped, undefined);
  });
});

describe("an arm that is taken out", () => {
  const abort = { window: "10s", min_requests: 10, dwell: "0s", recover_after: "1m", errors: { above_percent: 50 } };
  const watched = (config: CanaryConfig, ...names: string[]): CanaryConfig => ({
    ...config,
    arms: names.map((name) => ({ name, abort })),
  });

  /** Has requests of a user fail, of which the next tick knows. */
  function fail(rig: CanaryRig, name: string): void {
    for (let i = 0; i < 20; i++) open(rig.plugin, [user(name)]).answer("503");
    rig.proxy.clock.advanceMs(SECOND);
  }

  test("leaves its requests to the next rules, and then to the default, which cannot be taken out", async () => {
    const rules = [rule("ada", "v2"), { ...rule("ada", "v3"), name: "then" }];
    const rig = await CanaryRig.start(module, watched({ default: "v1", rules }, "v2", "v3"));
    const armOf = () => rig.send([user("ada")]).decision;
    assert.deepEqual(armOf(), ["v2"]);
    fail(rig, "ada");
    assert.deepEqual(armOf(), ["v3"]);
    fail(rig, "ada");
    assert.deepEqual(armOf(), ["v1"]);
    fail(rig, "ada");
    assert.deepEqual(armOf(), ["v1"]);
    rig.proxy.clock.advanceMs(61 * SECOND);
    assert.deepEqual(armOf(), ["v2"]);
    const vm = await new Proxy().createVm(module);
    const refused = vm.startPlugin({ configuration: JSON.stringify(watched(ADA, "v1")) });
    assert.equal(refused.failure, "configure");
  });

  test("leaves no header where there is no default", async () => {
    const rig = await CanaryRig.start(module, watched({ rules: [rule("ada", "v2")] }, "v2"));
    fail(rig, "ada");
    assert.deepEqual(rig.send([user("ada"), ...decided("v2")]).decision, []);
  });

  test("counts who waits for 15 s as failed, once, and who got an answer as what that was", async () => {
    const rig = await CanaryRig.start(module, watched(ADA, "v2"));
    const waiting = Array.from({ length: 20 }, () => open(rig.plugin, [user("ada")]));
    const aborted = () => rig.proxy.metrics.value("arm=.=v2;.;tidegate_canary_aborted");
    rig.proxy.clock.advanceMs(14 * SECOND);
    assert.equal(aborted(), 0);
    rig.proxy.clock.advanceMs(2 * SECOND);
    assert.equal(aborted(), 1);
    const { message } = rig.proxy.logs.at(-1)!;
    assert.match(message, /^canary: arm v2 is taken out for 60 s: 100\.0 % of 20 requests failed/);
    for (const { answer } of waiting) answer();
    const well = await CanaryRig.start(module, watched(ADA, "v2"), new Proxy());
    for (const { answer } of Array.from({ length: 20 }, () => open(well.plugin, [user("ada")]))) answer();
    well.proxy.clock.advanceMs(20 * SECOND);
    assert.equal(well.proxy.metrics.value("arm=.=v2;.;tidegate_canary_aborted"), 0);
  });

  test("counts who waits after 15 s, however many come meanwhile", async () => {
    const rig = await CanaryRig.start(module, watched(ADA, "v2"));
    for (let i = 0; i < 12; i++) open(rig.plugin, [user("ada")]);
    for (let i = 0; i < 2 * NOTES; i++) open(rig.plugin, [user("bob")]).answer();
    rig.proxy.clock.advanceMs(13 * SECOND);
    assert.equal(rig.proxy.logs.length, 0);
    for (let i = 0; i < 12; i++) open(rig.plugin, [user("bob")]).answer();
    rig.proxy.clock.advanceMs(4 * SECOND);
    const lines = rig.proxy.logs.map(({ message }) => message);
    assert.match(lines.join(), /^canary: arm v2 is taken out for 60 s: 100\.0 % of 12 requests failed/);
  });

  test("is none for a clock that fails", async () => {
    const rig = await CanaryRig.start(module, watched(ADA, "v2"));
    const fault = rig.proxy.faults.inject({ call: "clock_time_get", status: Errno.Inval });
    const waiting = Array.from({ length: 20 }, () => open(rig.plugin, [user("ada")]));
    rig.proxy.clock.advanceMs(20 * SECOND);
    fault.remove();
    rig.proxy.clock.advanceMs(2 * SECOND);
    for (const { arm, answer } of waiting) {
      assert.equal(arm, "v2");
      answer();
    }
    rig.proxy.clock.advanceMs(2 * SECOND);
    assert.deepEqual(rig.send([user("ada")]).decision, ["v2"]);
    assert.deepEqual(rig.proxy.logs, []);
    assert.equal(rig.vm.trapped, undefined);
    fail(rig, "ada");
    assert.deepEqual(rig.send([user("ada")]).decision, ["v1"], "with the clock back it is watched as ever");
  });
});

test("a request that draws a cookie, tells all and is watched costs no allocation, and neither does a tick", async () => {
  const counting = await pluginModule("canary", "counting");
  const arms = [{ name: "v3", abort: { errors: {}, latency: {} } }];
  const rig = await CanaryRig.start(counting, { ...TOLD, arms });
  open(rig.plugin).answer();
  rig.plugin.tick();
  let drawn = 0;
  for (let i = 0; i < 100; i++) {
    const { cookies, debug, counts } = open(rig.plugin).answer();
    assert.equal(counts.heapAllocations, 0);
    assert.ok(counts.hostCallTotal > 5, "it did all that");
    assert.equal(debug.length, 1);
    drawn += cookies;
  }
  assert.equal(drawn, 100);
  assert.equal(open(rig.plugin, [["cookie", "tg=0123456789abcdef"]]).answer().counts.heapAllocations, 0);
  assert.equal(rig.plugin.tick().heapAllocations, 0);
});
