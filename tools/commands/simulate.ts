import { Command, InvalidArgumentError, Option } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import type { SimulateOptions } from "../simulate/simulate.js";
import { somePath } from "./inputs.js";
import { outputOption } from "./option-values.js";

const EXAMPLES = `
Examples:
  tidegate simulate --list
  tidegate simulate
  tidegate simulate --scenario overload-10x,quarter-speed --limiter tidegate,envoy-gradient
  tidegate simulate --scenario mix-shift --limiter tidegate --workers 1 --trace > trace.csv

What the columns mean: tools/simulate/README.md. Time is virtual and chance seeded: the same command prints
the same numbers. They are told, not judged: the exit code is 0 whatever they are.
`;

/** `tidegate simulate` */
export function simulateCommand(io: Io, outcome: Outcome): Command {
  const workers = new Option("--workers <n,...>", "numbers of Envoy workers, separated by commas");
  const seeds = new Option("--seed <n,...>", "of all that is left to chance; several are several runs");
  const duration = new Option("--duration <seconds>", "of the measured part of each scenario, instead of its own");
  return new Command("simulate")
    .summary("compare the adaptive limit with others in a simulation")
    .description("Runs the ratelimit plugin and models of other limiters against a simulated upstream.")
    .addOption(new Option("--scenario <names>", "separated by commas; all when absent").argParser(words))
    .addOption(new Option("--limiter <names>", "separated by commas; all when absent").argParser(words))
    .addOption(workers.argParser(numbers(1, 16)).default([1, 2, 4], "1,2,4"))
    .addOption(seeds.argParser(numbers(0, 2 ** 31)).default([1], "1"))
    .addOption(duration.argParser(whole(1, 3600)))
    .addOption(new Option("--module <file>", "a module instead of build/ratelimit.wasm").argParser(somePath))
    .addOption(new Option("--config <file>", "configuration (JSON) of the limiter tidegate").argParser(somePath))
    .addOption(new Option("--list", "prints the names of scenarios and limiters, and what they are"))
    .addOption(new Option("--trace", "prints one run as CSV: limit, in flight, latency by tenths of a second"))
    .addOption(outputOption("how to print the result", "text", "json"))
    .addHelpText("after", EXAMPLES)
    .action(async (options: SimulateOptions) => {
      const { runSimulate } = await import("../simulate/simulate.js");
      outcome.exitCode = await runSimulate(options, io);
    });
}

const words = (text: string): string[] => text.split(",");

function numbers(least: number, most: number): (text: string) => number[] {
  return (text) => words(text).map(whole(least, most));
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}
