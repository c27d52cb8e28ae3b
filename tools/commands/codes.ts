import { Command } from "commander";
import type { Outcome } from "../cli.js";
import { UserError } from "../errors.js";
import type { Io } from "../io.js";
import { codeEntries, entryText } from "../policy/code-page.js";

const EXAMPLES = `
Examples:
  tidegate codes
  tidegate codes TG3004
  tidegate codes TG3004 TG3708
`;

/** `tidegate codes` */
export function codesCommand(io: Io, _outcome: Outcome): Command {
  return new Command("codes")
    .summary("say what the codes of findings mean, and what to do")
    .description("Says what the codes of findings mean, with an example of each; lists all of them when none is given.")
    .argument("[codes...]", "such as TG3004")
    .addHelpText("after", EXAMPLES)
    .action((codes: string[]) => io.out(codes.length === 0 ? listed() : told(codes)));
}

function listed(): string {
  return codeEntries()
    .map(({ code, meaning }) => `${code}  ${meaning}\n`)
    .join("");
}

function told(codes: readonly string[]): string {
  const entries = new Map(codeEntries().map((entry) => [entry.code, entry]));
  const wanted = codes.map((code) => entries.get(code.toUpperCase()) ?? unknown(code));
  return wanted.map(entryText).join("\n");
}

function unknown(code: string): never {
  throw new UserError(`there is no code ${code}; \`tidegate codes\` lists all of them`);
}
