import { Command, InvalidArgumentError } from "commander";
import type { Outcome } from "../cli.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import type { Io } from "../io.js";
import { discoverPlugins } from "../plugins.js";
import { type Fault, isPrefix, toFinding } from "../policy/fault.js";
import { policyLabel } from "../policy/model.js";
import { isChanged, type Replaced, started, type Start, withRollout } from "../rollout/start.js";
import { startFaults, strangerFault } from "../rollout/start-faults.js";
import { inOrder } from "../validate/order.js";
import { type CheckedPolicy, PolicyChecker, type PolicyText } from "../validate/policies.js";
import { readInputs, somePath } from "./inputs.js";
import { report } from "./report.js";
import { ONE_FILE, percent, print } from "./rollout-edit.js";

interface Options extends Start {
  stable: string;
  file: string;
  out?: string;
}

const EXAMPLES = `
Examples:
  tidegate rollout start --stable old.yaml -f policy.yaml --percent 10
  git show HEAD~1:policy.yaml | tidegate rollout start --stable - -f policy.yaml --percent 10 --out policy.yaml

Everything but the plugins' configurations counts for all proxies at once, so it must be the same in
both files; arms of routes and upstreams may be added. Without --salt one is made from the change.
`;

/** `tidegate rollout start` */
export function startCommand(io: Io, outcome: Outcome): Command {
  return new Command("start")
    .summary("let a share of the proxies take a change")
    .description("Prints the new policy with a rollout, whose stable side is what the old one runs. Comments stay.")
    .requiredOption("--stable <file>", "the policy before the change, - for standard input", somePath)
    .requiredOption("-f, --file <file>", ONE_FILE, somePath)
    .requiredOption("--percent <n>", "share of the proxies, 0 to 100, at most two decimals", percent)
    .option("--salt <salt>", "what deals the proxies out, such as 2026-11-limits", someSalt)
    .option("--out <file>", "file to write, which may be the policy's own (default: standard output)", somePath)
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => void (outcome.exitCode = await start(options, io)));
}

function someSalt(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError("Expected letters, digits, - and _, at most 63.");
}

async function start(options: Options, io: Io): Promise<number> {
  if (options.stable === options.file) throw new UserError("--stable and -f name the same file");
  const { texts, findings } = await readInputs([options.file, options.stable], io);
  const [now, old] = texts;
  if (!now || !old) return report(findings, io) && 3;
  const checker = new PolicyChecker(discoverPlugins());
  const [after, before] = [checker.check([now]), checker.check([old])];
  const unread = [...after.findings, ...before.findings];
  if (hasErrors(unread)) return report(unread, io);
  const paired = after.policies.map((one, place) => ({ one, ...counterpart(one, place, before.policies) }));
  const found = paired.flatMap(({ one, other, replaced }): Finding[] => {
    if (!replaced || !other) return [toFinding(strangerFault(one.policy, old.file), one.document)];
    return findingsOf(replaced, { one, other, options, checker });
  });
  const changed = paired.flatMap(({ replaced }) => (replaced && isChanged(replaced) ? [replaced] : []));
  if (changed.length === 0 && found.length === 0) found.push(nothingChanged(after.policies[0]!));
  const exitCode = report(inOrder(found, [now, old]), io);
  if (hasErrors(found)) return exitCode;
  await print(started(textOf(now), textOf(old), changed, options), now, options.out, io);
  return exitCode;
}

function counterpart(
  { policy }: CheckedPolicy,
  place: number,
  before: readonly CheckedPolicy[],
): { other?: CheckedPolicy; replaced?: Replaced } {
  const oldPlace = before.findIndex((other) => policyLabel(other.policy) === policyLabel(policy));
  const other = before[oldPlace];
  return other ? { other, replaced: { policy, place, old: other.policy, oldPlace } } : {};
}

const STABLE_PLUGINS = ["spec", "rollout", "stable", "plugins"];

/** What is wrong with the rollout that would begin. The stable side's places are in the old file. */
function findingsOf(
  replaced: Replaced,
  {
    one,
    other,
    options,
    checker,
  }: { one: CheckedPolicy; other: CheckedPolicy; options: Start; checker: PolicyChecker },
): Finding[] {
  const early = startFaults(replaced);
  if (early.length > 0) return early.map((fault) => toFinding(fault, one.document));
  if (!isChanged(replaced)) return [];
  return checker.faultsOf(withRollout(replaced, options)).map((fault: Fault) => {
    if (!isPrefix(STABLE_PLUGINS, fault.path)) return toFinding(fault, one.document);
    return toFinding(
      { ...fault, path: ["spec", "plugins", ...fault.path.slice(STABLE_PLUGINS.length)] },
      other.document,
    );
  });
}

function nothingChanged({ document }: CheckedPolicy): Finding {
  const message = "the plugins are the same in both files, so there is nothing to roll out";
  const remedy = "Give the version before as --stable";
  return toFinding({ code: "TG3406", path: ["spec", "plugins"], at: "key", message, remedy }, document);
}

function textOf({ text, folder = "." }: PolicyText): { text: string; folder: string } {
  return { text, folder };
}
