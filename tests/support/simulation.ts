import assert from "node:assert/strict";
import { LIMITERS, type OwnModule } from "../../tools/simulate/limiters.js";
import type { Measures } from "../../tools/simulate/measure.js";
import { simulate } from "../../tools/simulate/run.js";
import { lasting } from "../../tools/simulate/scenario.js";
import { SCENARIOS } from "../../tools/simulate/scenarios.js";
import { pluginModule } from "./plugin-module.js";

/** What is promised of a measure: at least, or at most. */
export interface Promised {
  measure: string;
  of(measures: Measures): number | undefined;
  least?: number;
  most?: number;
}

const goodput: Promised = { measure: "goodput", of: ({ goodput }) => goodput, least: 0.95 };
const p50: Promised = { measure: "p50, as a multiple of unloaded", of: ({ p50Times }) => p50Times, most: 1.6 };
const p99: Promised = { measure: "p99, as a multiple of unloaded", of: ({ p99Times }) => p99Times, most: 2 };
const settles: Promised = { measure: "seconds to 85 %", of: ({ secondsTo85 }) => secondsTo85, most: 2 };
const rejected: Promised = { measure: "falsely rejected", of: ({ rejected }) => rejected, most: 0.001 };

/** More is offered than can be served. */
export const OVERLOAD = [goodput, p50, p99, settles];
/** As much is offered as can be served. */
export const CALM = [rejected];
export const RECOVERY = [goodput, rejected, settles];
/** The same from less than there is work for, or room: until the limit has followed, some is rejected. */
export const BUSY_AGAIN = [goodput, settles];
/** The same of few servers, of which most are suddenly gone, with the queue that is there by then. */
export const BUSY_FROM_THE_STEP_ON = [{ ...goodput, least: 0.92 }, settles];
export const STEADY_FOR_LONG: Promised[] = [
  ...OVERLOAD,
  { measure: "drift of the median", of: ({ drift }) => drift && Math.abs(drift), most: 0.1 },
];
export const CRITICAL: Promised[] = [
  goodput,
  { measure: "critical requests served", of: ({ priorities }) => priorities["critical"], least: 0.994 },
];
export const FAIR: Promised[] = [
  ...OVERLOAD,
  { measure: "Jain's index of users", of: ({ userFairness }) => userFairness, least: 0.98 },
];
export const FAIR_TO_WORKERS: Promised = {
  measure: "Jain's index of workers",
  of: ({ workerFairness }) => workerFairness,
  least: 0.98,
};

const SEED = 1;
let own: Promise<OwnModule> | undefined;

/** Runs the plugin's release module through a scenario, its measured phase that long, and holds it to what is promised. */
export async function assertKeeps(
  name: string,
  { workers, seconds }: { workers: number; seconds: number },
  promises: readonly Promised[],
): Promise<void> {
  const scenario = SCENARIOS.find((one) => one.name === name)!;
  const kind = LIMITERS.find((one) => one.name === "tidegate")!;
  own ??= pluginModule("ratelimit").then((module) => ({ module, configuration: undefined }));
  const { run } = await simulate(lasting(scenario, seconds), kind, { workers, seed: SEED, own: await own });
  const broken = promises.filter(({ of, least = -Infinity, most = Infinity }) => {
    const value = of(run.measures) ?? NaN;
    return !(value >= least && value <= most);
  });
  const told = broken.map(({ measure, of, least, most }) => {
    return `${measure}: ${of(run.measures)?.toFixed(4)}, not ${least === undefined ? `at most ${most}` : `at least ${least}`}`;
  });
  assert.deepEqual(told, []);
}
