import { UserError } from "../errors.js";
import type { Io } from "../io.js";
import { suggestion } from "../policy/suggest.js";
import { type LimiterKind, LIMITERS, readOwn } from "./limiters.js";
import { type Run, simulate } from "./run.js";
import { lasting, type Scenario } from "./scenario.js";
import { SCENARIOS } from "./scenarios.js";
import { scenarioText } from "./table.js";
import { traceText } from "./trace.js";

export interface SimulateOptions {
  /** Names; all when absent. */
  scenario?: string[];
  limiter?: string[];
  workers: number[];
  seed: number[];
  /** Of the measured phase, in seconds. */
  duration?: number;
  module?: string;
  config?: string;
  trace?: boolean;
  list?: boolean;
  output: "text" | "json";
}

/**
 * `tidegate simulate`: runs limiters through scenarios and prints what each comes to.
 * @returns 0 whatever the numbers are. Fails with a `UserError` for a name that does not exist.
 */
export async function runSimulate(options: SimulateOptions, io: Io): Promise<number> {
  if (options.list) {
    io.out(`Scenarios:\n${listText(SCENARIOS)}\nLimiters:\n${listText(LIMITERS)}`);
    return 0;
  }
  const scenarios = choose("scenario", options.scenario, SCENARIOS).map((one) => lasting(one, options.duration));
  const kinds = choose("limiter", options.limiter, LIMITERS);
  const own = kinds.some(({ isOwn }) => isOwn) ? await readOwn(options, io.cwd) : undefined;
  const wanted = scenarios.flatMap((scenario) => runsOf(scenario, kinds, options));
  if (options.trace && wanted.length !== 1) {
    throw new UserError(
      "--trace is of one run: name one --scenario, one --limiter, one number of --workers and one --seed",
    );
  }
  const runs: Run[] = [];
  for (const [index, { scenario, kind, workers, seed }] of wanted.entries()) {
    if (io.stderrIsTerminal) io.err(`simulate: ${scenario.name} ${kind.name}\n`);
    const { run, record } = await simulate(scenario, kind, { workers, seed, own });
    runs.push(run);
    if (options.trace) io.out(traceText(record));
    else if (options.output === "text" && wanted[index + 1]?.scenario !== scenario) {
      io.out(
        `${scenarioText(
          scenario,
          runs.filter((other) => other.scenario === scenario.name),
        )}\n`,
      );
    }
  }
  if (options.output === "json" && !options.trace) io.out(`${JSON.stringify(runs, null, 2)}\n`);
  return 0;
}

function listText(all: readonly { name: string; about: string }[]): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}\n`).join("");
}

interface Wanted {
  scenario: Scenario;
  kind: LimiterKind;
  workers: number;
  seed: number;
}

/** A limiter to which workers make no difference is run once. */
function runsOf(scenario: Scenario, kinds: readonly LimiterKind[], { workers, seed }: SimulateOptions): Wanted[] {
  return kinds.flatMap((kind) =>
    (kind.perWorker ? workers : workers.slice(0, 1)).flatMap((count) =>
      seed.map((one) => ({ scenario, kind, workers: count, seed: one })),
    ),
  );
}

function choose<Named extends { name: string }>(
  what: string,
  names: readonly string[] | undefined,
  all: readonly Named[],
): Named[] {
  if (names === undefined) return [...all];
  const known = all.map(({ name }) => name);
  return names.map((name) => {
    const found = all.find((one) => one.name === name);
    if (found) return found;
    throw new UserError(`no ${what} ${name}. ${suggestion(name, known) ?? `There are ${known.join(", ")}`}`);
  });
}
