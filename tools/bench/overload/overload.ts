import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { modulePath } from "../../build/build-all.js";
import { locateEnvoy } from "../../envoy/locate.js";
import { UserError } from "../../errors.js";
import { interruptible } from "../../interrupt.js";
import type { Io } from "../../io.js";
import { Backend } from "./backend.js";
import { type Limiter, LIMITERS } from "./limiters.js";
import { type OverloadReport, overloadReportOf, overloadText } from "./report.js";
import { type Scenario, SCENARIOS } from "./scenarios.js";
import { type Strain, type Trial, tryOut } from "./trial.js";
import { mediansOf } from "./verdict.js";

export interface OverloadOptions {
  rounds: number;
  /** Of each Envoy. */
  workers: number;
  /** Names of limiters; all when absent. */
  only?: string[];
  /** Names of scenarios; all when absent. */
  scenarios?: string[];
  output: "text" | "json";
}

/** What is done around the load of a trial takes about so long. */
const AROUND_SECONDS = 2;

/**
 * `tidegate bench overload`: how much of an overloaded upstream's work is of use behind each limiter.
 * @returns 0 whatever it is. Fails with a `UserError` when nothing can be measured.
 */
export async function runOverload(options: OverloadOptions, io: Io): Promise<number> {
  const limiters = chosen("limiter", LIMITERS, options.only);
  const scenarios = chosen("scenario", SCENARIOS, options.scenarios);
  if (!existsSync(modulePath("ratelimit"))) throw new UserError("the ratelimit plugin is not built: tidegate build", 3);
  const say = (line: string): void => io.err(`bench overload: ${line}\n`);
  say(`${limiters.length} limiters, about ${Math.ceil(minutes(limiters, scenarios, options.rounds))} min`);
  const report = await interruptible((signal) => measure(limiters, scenarios, { ...options, signal, say }));
  io.out(options.output === "json" ? `${JSON.stringify(report, null, 2)}\n` : overloadText(report));
  return 0;
}

interface Run extends OverloadOptions {
  signal: AbortSignal;
  say: (line: string) => void;
}

/** Side by side: in each round every limiter has the same requests, one after the other, each time another one first. */
async function measure(
  limiters: readonly Limiter[],
  scenarios: readonly Scenario[],
  run: Run,
): Promise<OverloadReport> {
  const { rounds, workers, signal, say } = run;
  const envoy = await locateEnvoy({ allowInstall: true, report: say, signal });
  const trials = new Map<string, Trial[]>();
  const strains: { scenario: string; strain: Strain }[] = [];
  const backend = await Backend.start();
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [index, scenario] of scenarios.entries()) {
        say(`round ${round + 1} of ${rounds}: ${scenario.name}`);
        for (const limiter of rotated(limiters, round + index)) {
          const seed = round * scenarios.length + index;
          const trial = await tryOut(limiter, scenario, { envoy, workers, backend, seed, signal });
          const key = `${scenario.name} ${limiter.name}`;
          trials.set(key, [...(trials.get(key) ?? []), trial]);
          strains.push({ scenario: scenario.name, strain: trial.strain });
        }
      }
    }
  } finally {
    await backend.stop();
  }
  const rows = scenarios.flatMap(({ name }) =>
    limiters.flatMap((limiter) => mediansOf(limiter.name, trials.get(`${name} ${limiter.name}`) ?? [])),
  );
  return overloadReportOf(rows, strains, { envoy: envoy.version, workers, rounds, processors: availableParallelism() });
}

function chosen<T extends { name: string }>(
  what: string,
  all: readonly T[],
  names: readonly string[] | undefined,
): T[] {
  const unknown = names?.filter((name) => !all.some((one) => one.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new UserError(`no ${what} ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}`);
  }
  return all.filter(({ name }) => names?.includes(name) ?? true);
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

function minutes(limiters: readonly Limiter[], scenarios: readonly Scenario[], rounds: number): number {
  const seconds = scenarios.flatMap(({ phases }) => [AROUND_SECONDS, ...phases.map((phase) => phase.seconds)]);
  return (limiters.length * rounds * seconds.reduce((sum, one) => sum + one, 0)) / 60;
}
