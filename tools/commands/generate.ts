import { Command, Option } from "commander";
import { resolve } from "node:path";
import type { Outcome } from "../cli.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import type { Target } from "../generate/target.js";
import { TARGETS } from "../generate/targets.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { ENVOY_FORMS, type TargetOptions, targetOf } from "../output/choose-target.js";
import { COMMENTS, type Comments, generateFiles } from "../output/generate-files.js";
import { checkModuleUrl } from "../output/module-url.js";
import type { WhichRoutes } from "../output/target-findings.js";
import { someNamespace, someVersion } from "../output/values.js";
import { collect, FILE_HELP, readInputs, somePath } from "./inputs.js";
import { NAMESPACE_HELP, outputOption } from "./option-values.js";
import { takeApart, together } from "./others.js";
import { report, withProgress } from "./report.js";
import { writeFiles } from "./write-files.js";

export interface GenerateOptions extends TargetOptions {
  file: string[];
  moduleUrl?: string;
  envoyVersion?: string;
  namespace?: string;
  comments: Comments;
  pin?: boolean;
  keepOthers?: boolean;
  routes: WhichRoutes;
}

const EXAMPLES = `
Targets:
${TARGETS.map(({ name, about }) => `  ${name.padEnd(24)}${about}`).join("\n")}

Examples:
  tidegate generate -t istio-wasmplugin -f policy.yaml \\
    --module-url 'oci://registry.example/tidegate/{plugin}:0.1.0' | kubectl apply -f -
  tidegate generate -t istio-envoyfilter -f policy.yaml \\
    --module-url 'file:///etc/tidegate/{plugin}.wasm' --out generated/
  tidegate generate -t envoy -f policy.yaml --out envoy.yaml && envoy -c envoy.yaml
  tidegate generate -t envoy --envoy-form files --output-dir /etc/envoy/tidegate -f policy.yaml
  tidegate generate -t envoy-gateway --gateway-version 1.9.0 -f policy.yaml | kubectl apply -f -
  tidegate generate -t istio-wasmplugin -f policy.yaml --remove | kubectl delete -f -
  helm template shop chart/ | tidegate generate -t istio-wasmplugin --keep-others -f - | kubectl apply -f -

Policies are checked as by tidegate validate first; nothing is written when there is an error.
In Kubernetes, moduleUrl in the policy does the same as --module-url. The target envoy reads the
modules of tidegate build, unless --module-url names files. Its form filters is what goes before the
router in a configuration of your own; its form files is a folder that a running Envoy watches, with
the bootstrap for it: generate into the same folder again, and Envoy changes without a restart.

What spec.routes says becomes subsets, then routes to them, then the plugin that decides: in this
order nothing is routed to what is not there. --remove prints the same in the reverse order. Before an
arm is taken out of spec.routes take it out of canary's rules, and apply that. Without its routes a
service gets its requests in all versions: end the versions that shall get none before.
`;

/** `tidegate generate` */
export function generateCommand(io: Io, outcome: Outcome): Command {
  const targets = TARGETS.map((target) => target.name);
  return new Command("generate")
    .summary("turn policies into configuration of Istio, gateways or Envoy")
    .description("Turns policies into configuration of Istio, gateways or Envoy.")
    .addOption(new Option("-t, --target <target>", "what to generate").choices(targets).makeOptionMandatory())
    .requiredOption("-f, --file <file>", FILE_HELP, collect)
    .option("-n, --namespace <name>", NAMESPACE_HELP, someNamespace)
    .addOption(outputOption("form of the result", "yaml", "json"))
    .option("--out <path>", "file to write; or folder, for one file a policy (default: standard output)", somePath)
    .option("--module-url <url>", "where proxies get the modules, {plugin} being a plugin's name; or inline")
    .option("--pin", "name images by their digests, and modules by their hashes: asks registries and servers")
    .option("--ecds", "with istio-envoyfilter: Istio's agent fetches the modules, from oci:// too")
    .addOption(new Option("--envoy-form <form>", "with envoy (default: bootstrap)").choices(ENVOY_FORMS))
    .option("--output-dir <path>", "with --envoy-form files: the folder, as Envoy sees it", somePath)
    .option("--istio-version <version>", "of the oldest Istio that gets the result, such as 1.30.0", someVersion)
    .option("--gateway-version <version>", "likewise of Envoy Gateway or Higress, such as 1.9.0", someVersion)
    .option("--envoy-version <version>", "of the oldest Envoy that gets the result, such as 1.38.0", someVersion)
    .addOption(
      new Option("--routes <which>", "what of spec.routes").choices(["with", "only", "without"]).default("with"),
    )
    .addOption(
      new Option("--comments <which>", "where each resource comes from, in YAML").choices(COMMENTS).default("line"),
    )
    .option("--keep-others", "other resources in the files pass as they are, such as those of helm template")
    .option("--explain", "say instead in which order plugins run, and what a failure of one comes to")
    .option("--remove", "what to delete, in that order, instead of what to apply")
    .addHelpText("after", EXAMPLES)
    .action(async (options: GenerateOptions) => void (outcome.exitCode = await generate(options, io)));
}

async function generate(options: GenerateOptions, io: Io): Promise<number> {
  const target = targetOf(options);
  checkModuleUrl(options.moduleUrl);
  const folder = options.outputDir === undefined ? undefined : resolve(io.cwd, options.outputDir);
  const choices = { ...options, ...(folder === undefined ? {} : { folder }) };
  if (options.keepOthers) checkOthers(options, target);
  const inputs = await readInputs(options.file, io);
  const { policies, others } = options.keepOthers ? takeApart(inputs.texts) : { policies: inputs.texts, others: [] };
  const result = await interruptible(async (signal) => {
    const pinner = options.pin ? (await import("../pin/pin.js")).pinnerOf(io, signal) : undefined;
    const all = pinner ? { ...choices, pinner } : choices;
    return withProgress(io, "checking", () => generateFiles(policies, target, all));
  });
  const findings: Finding[] = [...inputs.findings, ...result.findings];
  const exitCode = report(findings, io);
  if (hasErrors(findings)) return exitCode;
  const out = folder === undefined ? options.out : `${folder}/`;
  if (options.explain) io.out(result.words());
  else if (out === undefined) io.out(together(others, policies.length > 0 ? result.whole() : ""));
  else await writeFiles(result, out, io);
  return exitCode;
}

/** Others pass to standard output, where nothing of them can be lost. */
function checkOthers({ out, output, remove, explain }: GenerateOptions, target: Target): void {
  if (!target.inKubernetes) throw new UserError(`--keep-others: ${target.name} makes no resources to be among others`);
  const foreign = { "--out": out, "--remove": remove, "--explain": explain, "-o json": output === "json" || undefined };
  const [option] = Object.entries(foreign).find(([, value]) => value !== undefined) ?? [];
  if (option) throw new UserError(`--keep-others: that writes YAML to standard output, without ${option}`);
}
