// Random callbacks in any order under random configurations, while they change, spans are sent and host calls fail.
import fc from "fast-check";
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { sample } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";
import type { TraceConfig } from "../support/trace.js";
import { allTraceConfigurations } from "../support/trace-configs.js";
import { traceRequests } from "../support/trace-inputs.js";
import { TraceStreams } from "../support/trace-streams.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);
const RUNS = 250;
const STEPS = 80;

let module: PluginModule;
let sent: HeaderList[];
before(async () => {
  module = await pluginModule("trace");
  // A third with an id by which they may be joined, half of those with nothing but that.
  sent = sample(traceRequests(["tracecontext", "b3"]), 2000, SEED).map((headers, i) => {
    const id: HeaderList = [["x-request-id", `request-${Math.floor(i / 6) % 24}`]];
    return i % 6 === 0 ? [...headers, ...id] : i % 6 === 3 ? id : headers;
  });
});

/** What a step does, by a number, and what it is about. */
type Step = [kind: number, which: number, how: number];

const step: fc.Arbitrary<Step> = fc.tuple(fc.nat(99), fc.nat(9999), fc.nat(9999));

function take(live: TraceStreams, [kind, which, how]: Step, faults: boolean, next: () => TraceConfig): void {
  if (kind < 40) live.request(which, sent[how % sent.length]!);
  else if (kind < 55) live.answer(which, how);
  else if (kind < 68) live.close(which);
  else if (kind < 76) live.tick(which, how % 20);
  else if (kind < 82) live.collect(which, how);
  else if (kind < 88) live.pass(how % 5 === 0 ? how * 3 : how % 250);
  else if (kind < 91) live.replace(which, next());
  else if (kind < 93) live.deleteOld(which);
  else if (faults) live.fault(which, how);
}

const REACHED = ["spans_exported", "spans_failed", "spans_dropped", "sampled", "join_remembered"];

/** @returns how often each kind of thing came to pass. */
async function run(seed: number, faults: boolean): Promise<number[]> {
  const configs = sample(allTraceConfigurations, 8, seed);
  const next = (): TraceConfig => configs[live.streams.length % 8]!;
  const live = await TraceStreams.start(module, configs[0]!, 1 + (seed % 3), faults && seed % 4 === 0);
  for (const one of sample(step, STEPS, seed)) {
    take(live, one, faults, next);
    live.assertAlive();
  }
  live.end();
  if (!faults) assert.equal(live.count("host_errors"), 0);
  const [exported = 0, failed = 0, dropped = 0, sampled = 0] = REACHED.map((noun) => live.count(noun));
  assert.ok(faults || exported + failed + dropped <= sampled, "no span without a sampled request");
  return REACHED.map((noun) => live.count(noun));
}

for (const faults of [false, true]) {
  test(`random callbacks under random configurations do not trap${faults ? " while host calls fail" : ""}`, async () => {
    const reached = REACHED.map(() => 0);
    for (let i = 0; i < RUNS; i++) {
      const counts = await run(SEED + i, faults).catch((error: unknown) => {
        assert.fail(`seed ${SEED + i}: ${error instanceof Error ? error.message : String(error)}`);
      });
      counts.forEach((count, which) => (reached[which]! += count));
    }
    REACHED.forEach((noun, which) => assert.ok(reached[which]! > 50, `${noun}: ${reached[which]}`));
  });
}
