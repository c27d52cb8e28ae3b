import { Command, Option } from "commander";
import type { OverloadOptions } from "../bench/overload/overload.js";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import { listOf, numberBetween, outputOption } from "./option-values.js";

const EXAMPLES = `
Examples:
  tidegate bench overload
  tidegate bench overload --scenarios 5x,fewer --only adaptive_concurrency,tidegate --rounds 3
  tidegate bench overload --workers 4 -o json

Limiters that are compared: none, adaptive_concurrency, adaptive_tuned, admission_control,
admission_tuned, local_twice, local_half, tidegate.
Scenarios: 0.8x, 2x, 5x, 10x, fewer (servers), slower (servers), dependency (slow), mix (shifts).
Load, Envoy and upstream share the machine: the report says when they were in each other's way.
Figures are told, not judged: the exit code is 0 whatever they are.
`;

/** `tidegate bench overload` */
export function benchOverloadCommand(io: Io, outcome: Outcome): Command {
  const rounds = new Option("--rounds <n>", "times that every limiter is put through every scenario");
  const workers = new Option("--workers <n>", "worker threads of each Envoy");
  return new Command("overload")
    .summary("measure what limiters make of an overloaded upstream")
    .description(
      "Measures goodput and latency behind the ratelimit plugin's adaptive limit and behind Envoy's own limiters, each in an Envoy before an upstream whose capacity is limited and changes.",
    )
    .addOption(rounds.argParser(numberBetween(1, 100, true)).default(1))
    .addOption(workers.argParser(numberBetween(1, 64, true)).default(2))
    .addOption(new Option("--only <names>", "limiters, separated by commas").argParser(listOf))
    .addOption(new Option("--scenarios <names>", "scenarios, separated by commas").argParser(listOf))
    .addOption(outputOption("how to print the result", "text", "json"))
    .addHelpText("after", EXAMPLES)
    .action(async (options: OverloadOptions) => {
      const { runOverload } = await import("../bench/overload/overload.js");
      outcome.exitCode = await runOverload(options, io);
    });
}
