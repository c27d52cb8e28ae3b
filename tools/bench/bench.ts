import { resolve } from "node:path";
import { locateEnvoy } from "../envoy/locate.js";
import { UserError } from "../errors.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { requirePrograms } from "./load.js";
import { measure } from "./measure.js";
import { reportOf, reportText } from "./report.js";
import { givenModule, prepareVariants, VARIANT_NAMES } from "./variants.js";

/** A module to measure besides those of the benchmark. */
export interface GivenModule {
  name: string;
  file: string;
}

export interface BenchOptions {
  rounds: number;
  /** Load of one variant in one round, in seconds. */
  seconds: number;
  /** Names of variants; all when absent. */
  only?: string[];
  module: GivenModule[];
  output: "text" | "json";
}

/**
 * `tidegate bench`: what a request costs in Envoy with each of our plugins, and with what they are compared to.
 * @returns 0 whatever the times are. Fails with a `UserError` when nothing can be measured.
 */
export async function runBench(options: BenchOptions, io: Io): Promise<number> {
  const { rounds, seconds, only = VARIANT_NAMES, output } = options;
  const unknown = only.filter((name) => !VARIANT_NAMES.includes(name));
  if (unknown.length > 0) {
    throw new UserError(`no variant ${unknown.join(", ")}; there are ${VARIANT_NAMES.join(", ")}`);
  }
  await requirePrograms();
  const say = (line: string): void => io.err(`bench: ${line}\n`);
  const report = await interruptible(async (signal) => {
    const envoy = await locateEnvoy({ allowInstall: true, report: say, signal });
    const variants = await prepareVariants(only, (name) => say(`left out ${name}: it is not built`));
    for (const { name, file } of options.module) variants.push(givenModule(name, resolve(io.cwd, file)));
    say(`${variants.length} variants, about ${aboutSeconds(variants.length, rounds, seconds)} s`);
    const onRound = (round: number): void => {
      if (io.stderrIsTerminal) say(`round ${round} of ${rounds}`);
    };
    const measured = await measure(variants, { envoy, rounds, seconds, signal, onRound });
    return reportOf(measured, { envoy: envoy.version, rounds, seconds });
  });
  io.out(output === "json" ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return 0;
}

/** A slice of 25 ms takes about 40 with what is done around it; a start with its warm-up about 2 s. */
function aboutSeconds(variants: number, rounds: number, seconds: number): number {
  return Math.ceil(variants * rounds * (seconds * 1.6 + 2));
}
