import { Command, Option } from "commander";
import type { Outcome } from "../cli.js";
import { textOf } from "../diff/text.js";
import { UserError } from "../errors.js";
import { TARGETS } from "../generate/targets.js";
import type { Io } from "../io.js";
import type { WhichRoutes } from "../output/generate-files.js";
import { someNamespace, someVersion } from "../output/values.js";
import { type Answer, livesAnswer, policiesAnswer } from "./diff-answer.js";
import { collect, somePath } from "./inputs.js";
import { NAMESPACE_HELP, outputOption } from "./option-values.js";
import { report } from "./report.js";

export interface DiffOptions {
  against?: string;
  file?: string[];
  target?: string;
  moduleUrl?: string;
  ecds?: boolean;
  istioVersion?: string;
  gatewayVersion?: string;
  envoyVersion?: string;
  routes: WhichRoutes;
  namespace?: string;
  output: "text" | "json";
}

const EXAMPLES = `
Examples:
  tidegate diff policy.old.yaml policy.yaml
  git show HEAD~1:policy.yaml | tidegate diff - policy.yaml
  kubectl get wasmplugin,envoyfilter,virtualservice,destinationrule,telemetry -A -o yaml \\
    | tidegate diff --against - -f policies/ -t istio-wasmplugin

OLD and NEW are policy files, or folders with policies in any depth; - is standard input. What differs
is told in words, policy by policy, on standard output; ids in lists only by their number and a hash.
Changes that break something when they are applied at once are findings on standard error, with the
order to apply them in.

With --against, what is live is compared with what tidegate generate makes of the policies: what would
be made or changed, and what of ours no policy makes any more. Give all policies then. All options
but -n and -o are for that, and what generate has, too, means the same. Without -n resources and
policies that name no namespace are those of default.

Exit codes: 0 no differences, 1 differences or findings, 2 wrong usage, 3 input or output.
`;

/** `tidegate diff` */
export function diffCommand(io: Io, outcome: Outcome): Command {
  const targets = TARGETS.filter(({ inKubernetes }) => inKubernetes).map(({ name }) => name);
  return new Command("diff")
    .summary("say what changes between policies, or against live resources")
    .description("Says what changes between two versions of policies, or against live resources.")
    .argument("[old]", "policy file or folder, - for standard input")
    .argument("[new]", "likewise")
    .option("--against <path>", "live resources instead: file or folder of kubectl get -o yaml or json, or -", somePath)
    .option("-f, --file <path>", "policy file or folder, - for standard input; may be repeated", collect)
    .addOption(new Option("-t, --target <target>", "what is generated").choices(targets))
    .option("--module-url <url>", "where proxies get the modules")
    .option("--ecds", "with istio-envoyfilter: Istio's agent fetches the modules")
    .option("--istio-version <version>", "of the oldest Istio", someVersion)
    .option("--gateway-version <version>", "of the oldest Envoy Gateway or Higress", someVersion)
    .option("--envoy-version <version>", "of the oldest Envoy", someVersion)
    .addOption(
      new Option("--routes <which>", "what of spec.routes").choices(["with", "only", "without"]).default("with"),
    )
    .option("-n, --namespace <name>", NAMESPACE_HELP, someNamespace)
    .addOption(outputOption("form of the result", "text", "json"))
    .addHelpText("after", EXAMPLES)
    .action(async (old: string | undefined, now: string | undefined, options: DiffOptions) => {
      outcome.exitCode = await diff(old, now, options, io);
    });
}

async function diff(old: string | undefined, now: string | undefined, options: DiffOptions, io: Io): Promise<number> {
  const { against, file, target } = options;
  if (against === undefined) {
    refuseOthers(options);
    if (old === undefined || now === undefined) throw new UserError("give OLD and NEW, or --against with -f and -t");
    if (old === "-" && now === "-") throw new UserError("only one of OLD and NEW can be standard input");
    return answer(await policiesAnswer(old, now, io, options.namespace), options, io);
  }
  if (old !== undefined) throw new UserError(`with --against policies are given by -f: -f ${old}`);
  if (!file || !target) throw new UserError("--against needs policies, -f, and what they become, -t");
  if (against === "-" && file.includes("-")) throw new UserError("only one of --against and -f can be standard input");
  return answer(await livesAnswer({ ...options, against, file, target }, io), options, io);
}

/** What is said in vain is not meant. */
function refuseOthers({ output: _output, routes, namespace: _namespace, ...others }: DiffOptions): void {
  const given = Object.keys(others).map((key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  if (routes !== "with") given.push("--routes");
  if (given.length > 0) throw new UserError(`${given[0]} is for --against; give OLD and NEW alone`);
}

/** Without differences nothing is printed but the word that there are none. */
function answer(found: Answer, { output }: DiffOptions, io: Io): number {
  const { differences, findings, unreadable } = found;
  const isOpen = differences !== undefined;
  if (output === "json" && isOpen) io.out(`${JSON.stringify({ differences, findings }, null, 2)}\n`);
  const exitCode = output === "json" && isOpen ? Number(findings.length > 0) : report(findings, io);
  if (unreadable) return 3;
  if (!isOpen) return 1;
  if (output === "text") io.out(textOf(differences));
  if (differences.length > 0) return 1;
  if (exitCode === 0 && output === "text") io.err("no differences\n");
  return exitCode;
}
