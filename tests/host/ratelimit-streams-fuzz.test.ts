import fc from "fast-check";
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { sample } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";
import { requests } from "../support/ratelimit-inputs.js";
import { type LoadedConfig, loadedConfigurations } from "../support/ratelimit-load-inputs.js";
import { LiveStreams } from "../support/ratelimit-streams.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);
const RUNS = 250;
const STEPS = 60;

let module: PluginModule;
let sent: HeaderList[];
before(async () => {
  module = await pluginModule("ratelimit");
  sent = sample(requests, 2000, SEED);
});

/** What a step does, by a number, and what it is about. */
type Step = [kind: number, which: number, how: number];

const step: fc.Arbitrary<Step> = fc.tuple(fc.nat(99), fc.nat(9999), fc.nat(9999));

function take(live: LiveStreams, [kind, which, how]: Step, faults: boolean, next: () => LoadedConfig): void {
  if (kind < 40) live.request(which, sent[how % sent.length]!);
  else if (kind < 60) live.answer(which, how);
  else if (kind < 65) live.trail(which, how);
  else if (kind < 75) live.close(which);
  else if (kind < 85) live.pass(how % 5 === 0 ? how * 3 : how % 250);
  else if (kind < 88) live.tick(which, how % 20);
  else if (kind < 90) live.stall(how % 4000);
  else if (kind < 92) live.replace(which, next());
  else if (kind < 94) live.deleteOld(which);
  else if (faults) live.fault(which, how);
}

async function run(seed: number, faults: boolean): Promise<void> {
  const configs = sample(loadedConfigurations, 8, seed);
  const next = (): LoadedConfig => configs[Math.floor((configs.length * (live.streams.length % 8)) / 8)]!;
  const live = await LiveStreams.start(module, configs[0]!, 1 + (seed % 3), faults && seed % 4 === 0);
  for (const one of sample(step, STEPS, seed)) {
    take(live, one, faults, next);
    live.assertAlive();
  }
  if (!faults) live.assertInFlight();
  live.end();
}

for (const faults of [false, true]) {
  const what = faults ? ", while host calls fail" : "";
  test(`random callbacks under random configurations do not trap and leave nothing in flight${what}`, async () => {
    for (let i = 0; i < RUNS; i++) {
      await run(SEED + i, faults).catch((error: unknown) => {
        assert.fail(`seed ${SEED + i}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  });
}
