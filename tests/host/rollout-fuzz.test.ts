// Rollouts in bad circumstances: hosts that fail, clocks that jump, configurations of all kinds; and 1,000 that are all right.
import assert from "node:assert/strict";
import fc from "fast-check";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy, VirtualClock } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { rolloutOf, RolloutRig, State } from "../support/rollout.js";

const PLUGINS = ["ratelimit", "canary", "trace"] as const;
type PluginName = (typeof PLUGINS)[number];
const rules = (requests: number) => ({ rules: [{ name: "all", quota: { requests, per: "second" } }] });
const NEW: Record<PluginName, object> = { ratelimit: rules(2), canary: { default: "v2", rules: [] }, trace: {} };
const STABLE: Record<PluginName, object> = { ratelimit: rules(3), canary: { rules: [] }, trace: { start: false } };
const CALLS = [
  "proxy_get_shared_data",
  "proxy_set_shared_data",
  "proxy_get_header_map_value",
  "proxy_get_property",
  "proxy_define_metric",
  "proxy_record_metric",
  "proxy_set_tick_period_milliseconds",
  "clock_time_get",
];

const modules = {} as Record<PluginName, PluginModule>;
before(async () => {
  for (const name of PLUGINS) modules[name] = await pluginModule(name);
});

describe("a host whose calls fail", () => {
  test("does not make a rollout trap, and never leaves it without an answer", async () => {
    const scenario = fc.record({
      name: fc.constantFrom(...PLUGINS),
      percent: fc.constantFrom(0, 50, 100),
      workers: fc.integer({ min: 1, max: 3 }),
      faults: fc.array(
        fc.record({ call: fc.constantFrom(...CALLS), after: fc.nat(60), times: fc.integer({ min: 1, max: 200 }) }),
        { maxLength: 4 },
      ),
      steps: fc.array(
        fc.record({ seconds: fc.nat(15), perSecond: fc.nat(8), jumpMs: fc.integer({ min: -1e9, max: 1e9 }) }),
        { maxLength: 6 },
      ),
      statuses: fc.array(fc.constantFrom("200", "204", "404", "429", "500", "503", "", "5", "abc"), { minLength: 1 }),
      again: fc.boolean(),
    });
    const run = async ({
      name,
      percent,
      workers,
      faults,
      steps,
      statuses,
      again,
    }: Awaited<ReturnType<typeof scenario.generate>>["value"]) => {
      const proxy = new Proxy({ nodeId: "n" });
      for (const fault of faults) proxy.faults.inject({ ...fault, status: 10 });
      const config = rolloutOf(NEW[name], STABLE[name], { percent });
      const rig = await RolloutRig.start(modules[name], name, config, { workers, proxy });
      for (const { seconds, perSecond, jumpMs } of steps) {
        rig.run(seconds, perSecond, (i) => statuses[i % statuses.length]!);
        proxy.clock.stepWallMs(jumpMs);
        if (again) for (const old of rig.configure(config)) old.done();
      }
      rig.assertAlive();
    };
    await fc.assert(fc.asyncProperty(scenario, run), { numRuns: 60, seed: 20261122 });
  });

  test("without shared data lets every worker judge for itself, and says so", async () => {
    const proxy = new Proxy({ nodeId: "n" });
    proxy.faults.inject({ call: "proxy_get_shared_data", status: 10 });
    const rig = await RolloutRig.start(modules.ratelimit, "ratelimit", rolloutOf(rules(1), rules(1000)), {
      proxy,
      workers: 2,
    });
    assert.equal(rig.logs("no shared data").length, 2);
    rig.run(30, 40);
    assert.equal(rig.state(), State.reverted);
    assert.equal(rig.reverts(), 2);
  });
});

describe("the clock", () => {
  test("of people may be set as they like", async () => {
    const proxy = new Proxy({ nodeId: "n", clock: new VirtualClock() });
    const rig = await RolloutRig.start(modules.ratelimit, "ratelimit", rolloutOf(rules(900), rules(1000)), { proxy });
    for (let second = 0; second < 9; second++) {
      rig.run(1, 20);
      proxy.clock.stepWallMs(second % 2 ? 1e12 : -1e12);
    }
    assert.equal(rig.state(), State.baseline);
    rig.run(3, 20);
    assert.equal(rig.state(), State.new);
  });
});

describe("configurations with a rollout", () => {
  test("are accepted or refused with a path, and never trap", async () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const part = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 20, arbitrary: right }, value);
    const short = fc.constantFrom("1s", "10s", "30s", "1m", "1m", "0s");
    const long = fc.constantFrom("1m", "5m", "1h", "3h", "24h", "1d");
    const more = part(fc.record({ more_percent: part(fc.double({ min: 0.1, max: 100, noNaN: true })) }));
    const revert = fc.record(
      {
        enabled: part(fc.boolean()),
        baseline: part(short),
        max_baseline: part(long),
        watch: part(long),
        min_requests: part(fc.integer({ min: 5, max: 1_000_010 })),
        errors: more,
        rejections: more,
      },
      { requiredKeys: [] },
    );
    const side = fc.constantFrom(NEW.trace, STABLE.trace, { disabled: true }, { span: "new" }, { x: 1 });
    const rollout = fc.record(
      {
        percent: part(
          fc.double({ min: -0.01, max: 100, noNaN: true }).map((percent) => Math.round(percent * 100) / 100),
        ),
        salt: part(fc.constantFrom("a", "b-c", "2026-11", "A_", "-")),
        stable: part(side),
        revert: part(revert),
      },
      { requiredKeys: ["percent", "salt", "stable"] },
    );
    const proxy = new Proxy({ nodeId: "n" });
    const vm = await proxy.createVm(modules.trace);
    let accepted = 0;
    fc.assert(
      fc.property(side, part(rollout), (fresh, given) => {
        proxy.logs.length = 0;
        const plugin = vm.startPlugin({ name: "trace", configuration: JSON.stringify({ ...fresh, rollout: given }) });
        if (vm.trapped) throw vm.trapped;
        if (plugin.ok) accepted++;
        else
          assert.ok(
            proxy.logs.every(({ message }) => /^trace: \$.*: /.test(message)),
            JSON.stringify(proxy.logs),
          );
        plugin.done();
      }),
      { numRuns: 400, seed: 20261122 },
    );
    assert.ok(accepted >= 10, String(accepted));
  });
});
