import { Command, InvalidArgumentError, Option } from "commander";
import type { Outcome } from "../cli.js";
import { hasErrors } from "../errors.js";
import { type ImportOptions, readKey, readLabels } from "../import/options.js";
import type { Io } from "../io.js";
import { collect, readInputs } from "./inputs.js";
import { numberBetween, outputOption } from "./option-values.js";
import { count, report, withProgress } from "./report.js";

interface Options extends Omit<ImportOptions, "metrics"> {
  file: string[];
  metric?: Map<string, string>;
  strict?: boolean;
  output: "yaml" | "json";
}

const EXAMPLES = `
Examples:
  tidegate import -f smartlimiter.yaml -f service.yaml > policy.yaml
  kubectl get virtualservice,destinationrule -n shop -o yaml | tidegate import -f - --key header:x-user-id
  tidegate import -f canary-ingress.yaml -f ingress.yaml --gateway public --key assign-cookie:canary
  tidegate import -f limits.yaml --replicas 3 --metric '_base.rt99=latency.p99 / 1ms' --strict

Reads Slime's SmartLimiter, Envoy's local_ratelimit (in an EnvoyFilter, a bootstrap, or bare), Istio's VirtualService,
canary annotations of ingress-nginx, and Higress's key-rate-limit and frontend-gray; Services, DestinationRules,
Gateways and other Ingresses beside them say what these leave open.
What a policy cannot express is a warning with its place, its path and the reason; with --strict an error, and then
nothing is written. Limits whose requests cannot be told apart become shadow rules, which count and reject nothing.
`;

/** `tidegate import` */
export function importCommand(io: Io, outcome: Outcome): Command {
  return new Command("import")
    .summary("turn limits and canaries of other projects into policies")
    .description("Turns limits and canaries of Slime, Envoy, Istio, ingress-nginx and Higress into policies.")
    .requiredOption("-f, --file <file>", "file with resources, - for standard input; may be repeated", collect)
    .addOption(outputOption("form of the policies", "yaml", "json"))
    .option("--strict", "take what a policy cannot express for an error")
    .option(
      "--key <key>",
      "what shares stick to: header:NAME, cookie:NAME, query:NAME, assign-cookie:NAME, client-address",
      keyOption,
    )
    .option("--workload <labels>", "pods of resources that name none, such as app=reviews", labelsOption)
    .option("--gateway <gateway>", "of resources that name none: NAME, or labels of its pods", gatewayOption)
    .addOption(new Option("--replicas <n>", "pods that share a quota").argParser(numberBetween(1, 10_000, true)))
    .option("--metric <name=signal>", "signal for a metric of Slime; may be repeated", metricOption)
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => void (outcome.exitCode = await importFiles(options, io)));
}

async function importFiles(options: Options, io: Io): Promise<number> {
  const { findingsOf, importTexts } = await import("../import/import.js");
  const { Settler } = await import("../import/settle.js");
  const { policyText } = await import("../import/policy-text.js");
  const { discoverPlugins } = await import("../plugins.js");
  const { PluginTrial } = await import("../validate/plugin-trial.js");
  const { jsonText } = await import("../generate/text.js");
  const inputs = await readInputs(options.file, io);
  const imported = importTexts(inputs.texts, { ...options, ...(options.metric ? { metrics: options.metric } : {}) });
  const settler = new Settler(discoverPlugins(), new PluginTrial());
  const policies = await withProgress(io, "checking", () => settler.settle(imported.drafts));
  const findings = [...inputs.findings, ...imported.findings, ...findingsOf(imported.sources, options.strict === true)];
  const exitCode = report(findings, io);
  if (hasErrors(findings)) return exitCode;
  if (policies.length > 0)
    io.out(options.output === "json" ? jsonText(policies.map(({ policy }) => policy)) : policyText(policies));
  io.err(`${count(policies.length, "policy", "policies")} imported, ${count(findings.length, "finding")}\n`);
  return exitCode;
}

function keyOption(text: string): Record<string, unknown> {
  const key = readKey(text);
  if (key) return key;
  throw new InvalidArgumentError(
    "Expected header:NAME, cookie:NAME, query:NAME, assign-cookie:NAME or client-address.",
  );
}

function labelsOption(text: string): Record<string, string> {
  const labels = readLabels(text);
  if (labels) return labels;
  throw new InvalidArgumentError("Expected labels such as app=reviews,tier=web.");
}

function gatewayOption(text: string): NonNullable<ImportOptions["gateway"]> {
  return text.includes("=") ? { labels: labelsOption(text) } : { name: text };
}

function metricOption(text: string, previous = new Map<string, string>()): Map<string, string> {
  const [, name, signal] = /^([\w.-]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || signal === undefined)
    throw new InvalidArgumentError("Expected NAME=SIGNAL, such as _base.cpu.max=load.cpu.");
  return new Map([...previous, [name, signal]]);
}
