// Random configurations and requests through the release module: never a trap, always a decision that the README allows.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import type { PluginModule } from "../../tools/host/index.js";
import { type Config, goodConfigurations } from "../support/canary-inputs.js";
import { type Exchange, exchanges } from "../support/canary-requests.js";
import { CanaryRun } from "../support/canary-run.js";
import { fuzzConfigurations, sample, start } from "../support/fuzz.js";
import { nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";

const SEED = 20261121;
/** Among them that of lanes, and none. */
const ARMS = ["v1", "v2", "V3.1-rc_1", "v4", "team", undefined];

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

test("100,000 pairs of configuration and request are decided as the README says", async () => {
  const reached: Record<string, number> = {};
  let pairs = 0;
  for (const [round, config] of sample(goodConfigurations(5), 1000, SEED).entries()) {
    const run = await CanaryRun.start(module, config, round);
    for (const exchange of sample(exchanges(config), 100, SEED + round)) {
      passOrTell(run, config, exchange);
      pairs++;
    }
    for (const [what, count] of Object.entries(run.reached)) reached[what] = (reached[what] ?? 0) + count;
  }
  assert.equal(pairs, 100_000);
  assert.ok(Math.max(...ARMS.map((arm) => reached[`arm ${arm}`] ?? 0)) < 50_000, JSON.stringify(reached));
  const parts = [...ARMS.map((arm) => `arm ${arm}`), "lane", "stopped", "assigned", "restored"];
  for (const part of parts) assert.ok((reached[part] ?? 0) > 200, `${part}: ${JSON.stringify(reached)}`);
  assert.ok((reached["fetched"] ?? 0) > 50, JSON.stringify(reached));
  assert.ok((reached["sure"] ?? 0) > 90_000, JSON.stringify(reached));
});

function passOrTell(run: CanaryRun, config: Config, exchange: Exchange): void {
  try {
    run.pass(exchange);
  } catch (error) {
    const shown = `configuration ${JSON.stringify(config)}\nexchange ${JSON.stringify(exchange).slice(0, 4000)}`;
    throw new Error(`${String(error)}\nseed ${SEED}\n${shown}`, { cause: error });
  }
}

test("40,000 configurations, most of them bad", async () => {
  // Each good one is changed in many ways: making one up costs more than trying it, and a long one more than a short one.
  // What takes much memory once it is accepted is in every fourth.
  const good = sample(goodConfigurations(1), 2000, SEED).map((config, i) => (i % 4 === 0 ? config : light(config)));
  const { accepted, refused } = await fuzzConfigurations({
    module,
    configurations: nearby(fc.constantFrom(...good), ["change", "remove", "add", "wrap", "graft"]),
    schema: schemaOf("canary"),
    count: 40_000,
    seed: SEED,
  });
  assert.ok(accepted > 2_000 && refused > 8_000, `${accepted} accepted, ${refused} refused`);
});

function light({ arms: _arms, lane_propagation: _propagation, debug: _debug, ...rest }: Config): Config {
  return rest;
}

test("every good configuration is good by the schema too", () => {
  const accepts = schemaOf("canary");
  for (const config of sample(goodConfigurations(5), 1_000, SEED)) assert.ok(accepts(config), JSON.stringify(config));
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
