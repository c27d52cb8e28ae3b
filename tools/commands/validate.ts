import { Command } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import { someNamespace } from "../output/values.js";
import { collect, FILE_HELP, readInputs } from "./inputs.js";
import { NAMESPACE_HELP, outputOption } from "./option-values.js";
import { count, report, withProgress } from "./report.js";

interface Options {
  file: string[];
  envoy?: boolean;
  localFiles?: boolean;
  namespace?: string;
  output: "text" | "json";
}

const EXAMPLES = `
Examples:
  tidegate validate -f policy.yaml
  tidegate validate -f policy.yaml --envoy
  git show HEAD:policy.yaml | tidegate validate -f - -o json
  kubectl get envoyfilters,wasmplugins,services -A -o yaml | tidegate validate -f -

Of Istio's resources it reads EnvoyFilter, WasmPlugin and TrafficExtension, and the ports of Services and
ServiceEntries: what istiod leaves out silently, what Envoy refuses, and the configuration of our plugins in them.
tidegate codes TG3708 tells more of a finding.

Findings are lines on standard error: file:line:column: error CODE what is wrong. What to do.
With -o json they are one JSON object on standard output.
`;

/** `tidegate validate` */
export function validateCommand(io: Io, outcome: Outcome): Command {
  return new Command("validate")
    .summary("check policies and Istio resources, and ask the plugins what they say")
    .description(
      "Checks policies: YAML, schemas and rules, then the built plugins' own opinion of their configuration; and Istio resources that load plugins, written by hand or generated.",
    )
    .requiredOption("-f, --file <file>", FILE_HELP, collect)
    .option("-n, --namespace <name>", NAMESPACE_HELP, someNamespace)
    .option("--local-files", "also look whether modules that resources load from file:// are on this machine")
    .option("--envoy", "also have a real Envoy load the result (envoy --mode validate)")
    .addOption(outputOption("form of the findings", "text", "json"))
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => void (outcome.exitCode = await validate(options, io)));
}

async function validate(options: Options, io: Io): Promise<number> {
  const { discoverPlugins } = await import("../plugins.js");
  const { validateFiles } = await import("../validate/validate-files.js");
  const inputs = await readInputs(options.file, io);
  const envoy = options.envoy ? await envoyPath(io) : undefined;
  const { namespace } = options;
  const named = namespace === undefined ? {} : { namespace };
  const checks = { catalog: discoverPlugins(), ...named, ...(envoy === undefined ? {} : { envoy }) };
  const given = { ...checks, localFiles: options.localFiles === true };
  const { policies, resources, findings } = await withProgress(io, "checking", () =>
    validateFiles(inputs.texts, given),
  );
  const all = [...inputs.findings, ...findings];
  if (options.output === "json") {
    io.out(`${JSON.stringify({ findings: all }, null, 2)}\n`);
    return all.some((finding) => finding.severity === "error") ? 1 : 0;
  }
  const exitCode = report(all, io);
  const checked = [count(policies.length, "policy", "policies")];
  if (resources > 0) checked.push(count(resources, "resource"));
  if (exitCode === 0) io.err(`${checked.join(" and ")} checked: fine\n`);
  return exitCode;
}

async function envoyPath(io: Io): Promise<string> {
  const { locateEnvoy } = await import("../envoy/locate.js");
  const found = await locateEnvoy({
    allowInstall: true,
    environment: { ...io.env },
    report: (line) => io.err(`${line}\n`),
  });
  return found.path;
}
