// Random requests and configurations through the release module: headers are as the oracle says, and nothing traps. The
// seed is fixed, so that a failure comes again.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import type { PluginModule } from "../../tools/host/index.js";
import { fuzzConfigurations, sample } from "../support/fuzz.js";
import { nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";
import { allTraceConfigurations, traceConfigurations } from "../support/trace-configs.js";
import { traceRequests } from "../support/trace-inputs.js";
import { formatsOf } from "../support/trace-oracle.js";
import { TraceRun } from "../support/trace-run.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);
const CONFIGURATIONS = 500;
const REQUESTS = 200;
const OUTCOMES = ["passed", "continued", "converted", "started", "repaired", "distrusted", "sampled"];

let module: PluginModule;
before(async () => {
  module = await pluginModule("trace");
});

test("100,000 pairs of configuration and request leave as an oracle says", async () => {
  const reached: Record<string, number> = {};
  for (const [round, config] of sample(traceConfigurations, CONFIGURATIONS, SEED).entries()) {
    const run = await TraceRun.start(module, config);
    for (const headers of sample(traceRequests(formatsOf(config, "extract")), REQUESTS, SEED + round)) {
      try {
        run.pass(headers);
      } catch (error) {
        const shown = `configuration ${JSON.stringify(config)}\nheaders ${JSON.stringify(headers).slice(0, 4000)}`;
        throw new Error(`${String(error)}\nseed ${SEED}\n${shown}`, { cause: error });
      }
    }
    run.end();
    for (const [what, count] of Object.entries(run.reached)) reached[what] = (reached[what] ?? 0) + count;
  }
  for (const what of OUTCOMES) assert.ok((reached[what] ?? 0) > 1000, `${what} was hardly tried: ${JSON.stringify(reached)}`); // prettier-ignore
});

test("every good configuration is good by the schema too", () => {
  const accepts = schemaOf("trace");
  for (const config of sample(allTraceConfigurations, 1000, SEED)) assert.ok(accepts(config), JSON.stringify(config));
});

test("20,000 configurations, most of them bad: taken or refused with a reason, never a trap", async () => {
  // Joins and spans take memory, so they are in every eighth.
  const light = sample(traceConfigurations, 5000, SEED);
  const all = sample(allTraceConfigurations, 700, SEED);
  const good = fc.constantFrom(...light, ...all);
  const { accepted, refused } = await fuzzConfigurations({
    module,
    // The empty text is no JSON, so no schema takes it; the plugin does, for its defaults.
    configurations: nearby(good, ["change", "remove", "add", "wrap", "graft"]).filter((text) => text.length > 0),
    schema: schemaOf("trace"),
    count: 20_000,
    seed: SEED,
  });
  assert.ok(accepted > 1000 && refused > 4_000, `one side was hardly tried: ${accepted} taken, ${refused} refused`);
});
