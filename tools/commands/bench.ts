import { Command, InvalidArgumentError, Option } from "commander";
import type { BenchOptions, GivenModule } from "../bench/bench.js";
import type { Outcome } from "../cli.js";
import { UserError } from "../errors.js";
import type { Io } from "../io.js";
import { suggestion } from "../policy/suggest.js";
import { benchGenerateCommand } from "./bench-generate.js";
import { benchOverloadCommand } from "./bench-overload.js";
import { listOf, numberBetween, outputOption } from "./option-values.js";

const EXAMPLES = `
Examples:
  tidegate bench
  tidegate bench --only none,empty,ratelimit --rounds 15
  tidegate bench --only none,bare,tidegate --module mine=build/mine.wasm -o json

Variants that are compared: none, empty, bare, tidegate, solo, rust, lua, ratelimit, adaptive,
canary, canary_100, canary_1m, trace, trace_remember, trace_recall, local_ratelimit.
(For rust: tests/bench/hello/rust/build.sh)
Needs Linux, two processors and wrk; the quieter the machine, the narrower the ranges.
Times are told, not judged: the exit code is 0 whatever they are.
`;

/** `tidegate bench` */
export function benchCommand(io: Io, outcome: Outcome): Command {
  const rounds = new Option("--rounds <n>", "times that every variant is started anew and measured");
  const seconds = new Option("--seconds <n>", "load of one variant in one round");
  const given = new Option("--module <name=file>", "measures this module besides; may be repeated");
  return new Command("bench")
    .summary("measure what a request costs in Envoy")
    .description(
      "Measures CPU time of Envoy per request: without a filter, with each plugin, and with other ways to do the same.",
    )
    .addOption(rounds.argParser(numberBetween(1, 100, true)).default(7))
    .addOption(seconds.argParser(numberBetween(0.1, 60, false)).default(0.5))
    .addOption(new Option("--only <names>", "variants, separated by commas").argParser(listOf))
    .addOption(given.argParser(parseGiven).default([], "none"))
    .addOption(outputOption("how to print the result", "text", "json"))
    .addHelpText("after", EXAMPLES)
    .addCommand(benchOverloadCommand(io, outcome))
    .addCommand(benchGenerateCommand(io, outcome))
    .action(async (options: BenchOptions, command: Command) => {
      if (command.args[0] !== undefined) throw new UserError(unknownPart(command.args[0], command));
      const { runBench } = await import("../bench/bench.js");
      outcome.exitCode = await runBench(options, io);
    });
}

function unknownPart(name: string, command: Command): string {
  const names = command.commands.map((inner) => inner.name());
  return `bench has no part "${name}". ${suggestion(name, names)}`;
}

function parseGiven(text: string, previous: GivenModule[]): GivenModule[] {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || file === undefined) throw new InvalidArgumentError("Expected a name, = and a file.");
  return [...previous, { name, file }];
}
