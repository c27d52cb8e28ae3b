import { Command, Option } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import { numberBetween } from "./option-values.js";

const EXAMPLES = `
Examples:
  tidegate bench generate
  tidegate bench generate --policies 4000 --rounds 3

Each policy has trace and a limit of its own; the first line is of half as many.
Figures are told, not judged: the exit code is 0 whatever they are.
`;

/** `tidegate bench generate` */
export function benchGenerateCommand(io: Io, outcome: Outcome): Command {
  const policies = new Option("--policies <n>", "policies in one file");
  const rounds = new Option("--rounds <n>", "times that each target is generated");
  return new Command("generate")
    .summary("measure how long many policies take")
    .description("Measures how long checking many policies and generating each kind of configuration from them takes.")
    .addOption(policies.argParser(numberBetween(2, 5_000, true)).default(1_000))
    .addOption(rounds.argParser(numberBetween(1, 100, true)).default(3))
    .addHelpText("after", EXAMPLES)
    .action(async (options: { policies: number; rounds: number }) => {
      const { runGenerateBench } = await import("../bench/generate.js");
      await runGenerateBench(options, io);
      outcome.exitCode = 0;
    });
}
