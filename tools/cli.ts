import { Command, CommanderError } from "commander";
import { benchCommand } from "./commands/bench.js";
import { buildCommand } from "./commands/build.js";
import { codesCommand } from "./commands/codes.js";
import { completionCommand } from "./commands/completion.js";
import { diffCommand } from "./commands/diff.js";
import { explainCommand } from "./commands/explain.js";
import { fnCommand } from "./commands/fn.js";
import { generateCommand } from "./commands/generate.js";
import { importCommand } from "./commands/import.js";
import { inspectCommand } from "./commands/inspect.js";
import { newCommand } from "./commands/new.js";
import { packageCommand } from "./commands/package.js";
import { pullCommand } from "./commands/pull.js";
import { pushCommand } from "./commands/push.js";
import { rolloutCommand } from "./commands/rollout.js";
import { runCommand } from "./commands/run.js";
import { schemaCommand } from "./commands/schema.js";
import { scopeCommand } from "./commands/scope.js";
import { simulateCommand } from "./commands/simulate.js";
import { validateCommand } from "./commands/validate.js";
import { messageOf, oneLine } from "./errors.js";
import { exitCodeOf } from "./exit-code.js";
import type { Io } from "./io.js";
import { isCheckout, toolVersion } from "./root.js";

/** What a command leaves behind besides its output. */
export interface Outcome {
  /** 0 fine, 1 findings or differences. Wrong usage and failing input or output are thrown instead. */
  exitCode: number;
}

const COMMANDS = [
  newCommand,
  buildCommand,
  packageCommand,
  pushCommand,
  pullCommand,
  inspectCommand,
  validateCommand,
  generateCommand,
  fnCommand,
  diffCommand,
  explainCommand,
  importCommand,
  scopeCommand,
  rolloutCommand,
  runCommand,
  ...(isCheckout ? [benchCommand] : []), // compiles what only a checkout has
  simulateCommand,
  schemaCommand,
  codesCommand,
  completionCommand,
];
const HELP_WIDTH = 100;
const USAGE = 2;

/** The whole command line. Nothing runs before `parseAsync`. */
export function buildProgram(io: Io, outcome: Outcome = { exitCode: 0 }): Command {
  const program = new Command("tidegate")
    .description("Builds, checks and configures the Tidegate plugins for Envoy and Istio.")
    .version(toolVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .enablePositionalOptions() // an option after the name of a command is that command's, whatever the outer one has
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) =>
        write(
          `tidegate: ${oneLine(
            text
              .replace(/^error: /, "")
              .trim()
              .replace(/\n/g, " "),
          )}\n`,
        ),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText("after", EXIT_CODES);
  for (const add of COMMANDS) program.addCommand(settled(add(io, outcome), program));
  return program;
}

/** Gives a command and its own commands what all have. One that has own commands says itself that there is no other. */
function settled(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent).helpOption("-h, --help", "print this help");
  command.allowExcessArguments(command.commands.length > 0);
  for (const inner of command.commands) settled(inner, command);
  return command;
}

const EXIT_CODES = `
Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 input, output or network.
`;

/**
 * Runs one command line: the only place that turns failures into exit codes and words.
 * Expected failures are one line on standard error; a stack appears only for a fault of the tool itself.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const outcome: Outcome = { exitCode: 0 };
  try {
    await buildProgram(io, outcome).parseAsync(argv, { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE; // commander has said why
    io.err(`tidegate: ${messageOf(error)}\n`);
    const exitCode = exitCodeOf(error);
    if (exitCode !== undefined) return exitCode;
    io.err(`This is a fault of tidegate itself.\n${error instanceof Error ? error.stack : ""}\n`);
    return 1;
  }
}
