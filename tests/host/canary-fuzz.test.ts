// Random configurations and requests through the release module: never a trap, always a decision that the README allows.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import type { SimpleConfig } from "../support/canary-inputs.js";
import { goodConfigurations, possibleArms, requests } from "../support/canary-inputs.js";
import { fuzzConfigurations, fuzzRequests, sample, start } from "../support/fuzz.js";
import { nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";

const SEED = 20261121;

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

test("100,000 pairs of configuration and request", async () => {
  const given = new Map<string, number>();
  const pairs = await fuzzRequests<SimpleConfig>({
    module,
    configurations: goodConfigurations,
    requests,
    check(config, sent, stream, outcome) {
      assert.equal(outcome.failed, undefined);
      assert.equal(outcome.paused, false);
      const name = config.decision_header ?? "x-canary";
      const left = [...stream.request.headers];
      const decision = left.filter(([other]) => other === name).map(([, value]) => value);
      assert.ok(decision.length < 2, `decided ${decision.join(" and ")}`);
      assert.ok(possibleArms(config, sent).has(decision[0]), `decided ${decision[0]}`);
      const others = (headers: typeof sent) => headers.filter(([other]) => other !== name);
      assert.deepEqual(others(left), others(sent), "other headers are as they came");
      given.set(String(decision[0]), (given.get(String(decision[0])) ?? 0) + 1);
    },
    pairs: 100_000,
    requestsPerConfiguration: 250,
    seed: SEED,
  });
  assert.equal(pairs, 100_000);
  // The requests reach every decision, and none of them nearly always.
  assert.deepEqual([...given.keys()].sort(), ["V3.1-rc_1", "undefined", "v1", "v2"]);
  assert.ok(Math.min(...given.values()) > 5_000, JSON.stringify([...given]));
});

test("100,000 configurations, most of them bad", async () => {
  const { accepted, refused } = await fuzzConfigurations({
    module,
    configurations: nearby(goodConfigurations),
    schema: schemaOf("canary"),
    count: 100_000,
    seed: SEED,
  });
  assert.ok(accepted > 500 && refused > 2_000, `${accepted} accepted, ${refused} refused`);
});

test("every good configuration is good by the schema too", () => {
  const accepts = schemaOf("canary");
  for (const config of sample(goodConfigurations, 1_000, SEED)) assert.ok(accepts(config), JSON.stringify(config));
});

test("memory does not grow over 200,000 requests with distinct ids", async () => {
  const { vm, plugin, verdict } = await start(
    module,
    JSON.stringify({
      lists: { testers: { ids: Array.from({ length: 10_000 }, (_, id) => `${id}`) } },
      rules: [
        {
          name: "list",
          match: { header: { name: "x-user-id", in_list: "testers" } },
          arm: "v2",
        },
        { name: "ramp", percent: 50, key: { header: "x-user-id" }, salt: "s", arm: "v2" },
      ],
    }),
  );
  assert.equal(verdict, "accepted");
  const before = vm.memoryBytes;
  for (let id = 0; id < 200_000; id++) {
    const stream = plugin.openStream();
    const long = id % 1000 === 0 ? "x".repeat(61_440) : ""; // past the arena that the host writes into
    stream.requestHeaders([[":path", "/"], ["x-user-id", `user-${id}${long}`]], true); // prettier-ignore
    stream.close();
    if (id % 1000 === 0) plugin.tick();
  }
  assert.equal(vm.trapped, undefined);
  assert.ok(vm.memoryBytes - before <= 65_536, `${before} bytes, then ${vm.memoryBytes}`); // one block for long values
});

test("memory does not grow over 300 new configurations of 10,000 ids", async () => {
  const { vm } = await start(module, '{"rules":[]}');
  const config = (round: number) => {
    const ids = Array.from({ length: 10_000 }, (_, id) => `user-${round}-${id}`);
    const match = { header: { name: "x-user-id", in_list: "testers" } };
    return JSON.stringify({ lists: { testers: { ids } }, rules: [{ name: "list", match, arm: "v2" }] });
  };
  let settled = 0;
  for (let round = 0; round < 300; round++) {
    const plugin = vm.startPlugin({ configuration: config(round) });
    assert.ok(plugin.ok);
    vm.proxy.clock.advanceMs(1000);
    plugin.done();
    for (let tick = 0; tick < 120; tick++) vm.proxy.clock.advanceMs(1000);
    if (round === 150) settled = vm.memoryBytes;
  }
  assert.ok(vm.memoryBytes - settled < 1 << 20, `${settled} bytes, then ${vm.memoryBytes}`);
});
