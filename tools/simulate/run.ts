import type { LimiterKind, OwnModule } from "./limiters.js";
import { countedTime, measure, type Measures } from "./measure.js";
import { RunRecord } from "./record.js";
import { capacityPerSecond, type Scenario } from "./scenario.js";
import { Simulation } from "./simulation.js";
import { Workload } from "./workload.js";

/** One limiter in one scenario. */
export interface Run {
  scenario: string;
  limiter: string;
  workers: number;
  seed: number;
  measures: Measures;
}

export interface RunOptions {
  workers: number;
  seed: number;
  /** What the kinds that are our own run. */
  own?: OwnModule | undefined;
}

/** Runs a limiter through a scenario. The same seed gives the same requests to every limiter. */
export async function simulate(
  scenario: Scenario,
  kind: LimiterKind,
  { workers, seed, own }: RunOptions,
): Promise<{ run: Run; record: RunRecord }> {
  const { fromMs, toMs } = countedTime(scenario);
  const record = new RunRecord(fromMs, toMs);
  const simulation = new Simulation(scenario, new Workload(scenario, workers, seed), record);
  const surroundings = {
    workers,
    seed,
    capacityPerSecond: capacityPerSecond(scenario, scenario.phases[0]!.mix ?? scenario.routes.map(() => 1)),
    servers: scenario.servers,
    utilization: () => simulation.utilization,
  };
  simulation.run(await kind.make(surroundings, scenario, own));
  const run = { scenario: scenario.name, limiter: kind.name, workers, seed, measures: measure(scenario, record) };
  return { run, record };
}
