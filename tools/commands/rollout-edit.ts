import { Command, InvalidArgumentError } from "commander";
import { basename } from "node:path";
import type { Outcome } from "../cli.js";
import { type Finding, hasErrors } from "../errors.js";
import type { Io } from "../io.js";
import { discoverPlugins } from "../plugins.js";
import { toFinding } from "../policy/fault.js";
import { aborted, editFaults, finished, setPercent } from "../rollout/edit.js";
import { type CheckedPolicy, PolicyChecker, type PolicyText } from "../validate/policies.js";
import { readInputs, somePath } from "./inputs.js";
import { numberBetween } from "./option-values.js";
import { report } from "./report.js";
import { writeFiles } from "./write-files.js";

interface Options {
  file: string;
  out?: string;
}

const OUT_HELP = "file to write, which may be the policy's own (default: standard output)";
export const ONE_FILE = "policy file, - for standard input";

/** `tidegate rollout set` */
export function setCommand(io: Io, outcome: Outcome): Command {
  return new Command("set")
    .summary("let another share of the proxies take the change")
    .description("Prints the policy with another share of the proxies that take the change. 0 takes it back from all.")
    .requiredOption("-f, --file <file>", ONE_FILE, somePath)
    .requiredOption("--percent <n>", "share of the proxies, 0 to 100, at most two decimals", percent)
    .option("--out <file>", OUT_HELP, somePath)
    .addHelpText(
      "after",
      `
Examples:
  tidegate rollout set -f policy.yaml --percent 50 --out policy.yaml
  tidegate rollout set -f policy.yaml --percent 0 | tidegate generate -t istio-wasmplugin -f - | kubectl apply -f -
`,
    )
    .action(async (options: Options & { percent: number }) => {
      outcome.exitCode = await edit("set", options, io, ({ text }) => setPercent(text, options.percent));
    });
}

/** `tidegate rollout finish` */
export function finishCommand(io: Io, outcome: Outcome): Command {
  return new Command("finish")
    .summary("leave the new side alone")
    .description("Prints the policy with the new side alone. Every proxy takes it when it is applied.")
    .requiredOption("-f, --file <file>", ONE_FILE, somePath)
    .option("--out <file>", OUT_HELP, somePath)
    .addHelpText("after", "\nExample:\n  tidegate rollout finish -f policy.yaml --out policy.yaml\n")
    .action(async (options: Options) => {
      outcome.exitCode = await edit("finish", options, io, ({ text }) => finished(text));
    });
}

/** `tidegate rollout abort` */
export function abortCommand(io: Io, outcome: Outcome): Command {
  return new Command("abort")
    .summary("leave the stable side alone")
    .description("Prints the policy with the stable side alone. Every proxy takes it when it is applied.")
    .requiredOption("-f, --file <file>", ONE_FILE, somePath)
    .option("--out <file>", OUT_HELP, somePath)
    .addHelpText("after", "\nExample:\n  tidegate rollout abort -f policy.yaml --out policy.yaml\n")
    .action(async (options: Options) => {
      outcome.exitCode = await edit("abort", options, io, ({ text }, policies) =>
        aborted(
          text,
          policies.map(({ policy }) => policy),
        ),
      );
    });
}

/** Whatever else is wrong with a policy must not be in the way of taking a change back: that is for `validate` to say. */
async function edit(
  what: "set" | "finish" | "abort",
  { file, out }: Options,
  io: Io,
  change: (text: PolicyText, policies: readonly CheckedPolicy[]) => string,
): Promise<number> {
  const { texts, findings } = await readInputs([file], io);
  const [text] = texts;
  if (!text) return report(findings, io) && 3;
  const checked = new PolicyChecker(discoverPlugins()).check([text]);
  const { policies } = checked;
  const faults = editFaults(
    policies.map(({ policy }) => policy),
    what,
  );
  const found = policies.flatMap(({ document }, i) => faults[i]!.map((fault) => toFinding(fault, document)));
  const all: Finding[] = [...checked.findings, ...found];
  const exitCode = report(all, io);
  if (hasErrors(all)) return exitCode;
  await print(change(text, policies), text, out, io);
  return exitCode;
}

/** Prints a policy, or writes it as a whole. */
export async function print(text: string, { file }: PolicyText, out: string | undefined, io: Io): Promise<void> {
  if (out === undefined) return io.out(text);
  const name = file === "<stdin>" ? "policy.yaml" : basename(file);
  await writeFiles({ whole: () => text, files: () => [{ name, text }] }, out, io);
}

/** Reads a share. */
export function percent(text: string): number {
  const value = numberBetween(0, 100, false)(text);
  if (text.trim() === "" || Number(value.toFixed(2)) !== value)
    throw new InvalidArgumentError("Expected at most two decimals.");
  return value;
}
