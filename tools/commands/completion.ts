import { type Command as AnyCommand, Command } from "commander";
import type { Outcome } from "../cli.js";
import { UserError } from "../errors.js";
import type { Io } from "../io.js";
import { bashScript, type CommandWords, fishScript, zshScript } from "./completion-scripts.js";

const SCRIPTS: Record<string, (commands: CommandWords[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const EXAMPLES = `
Examples:
  source <(tidegate completion bash)
  tidegate completion zsh > "\${fpath[1]}/_tidegate"
  tidegate completion fish > ~/.config/fish/completions/tidegate.fish
`;

/** `tidegate completion` */
export function completionCommand(io: Io, _outcome: Outcome): Command {
  return new Command("completion")
    .summary("print a completion script for a shell")
    .description("Prints a completion script for a shell.")
    .argument("<shell>", Object.keys(SCRIPTS).join(", "))
    .addHelpText("after", EXAMPLES)
    .action((shell: string, _options: unknown, command: AnyCommand) => {
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (!script)
        throw new UserError(`no completion for ${shell}; there is one for ${Object.keys(SCRIPTS).join(", ")}`);
      io.out(script(wordsOf(command.parent as AnyCommand)));
    });
}

/** The command tree as words: the scripts cannot know more than the program does. */
function wordsOf(program: AnyCommand): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    about: command.summary(),
    parts: wordsOf(command),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map((option) => ({
        flags: [option.short, option.long].filter((flag) => flag !== undefined),
        about: option.description,
        takesValue: option.required || option.optional,
        choices: option.argChoices ?? [],
      })),
  }));
}
