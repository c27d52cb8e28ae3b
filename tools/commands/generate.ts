import { Command, Option } from "commander";
import type { Outcome } from "../cli.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import { MODULE_URL, urlProblem } from "../generate/module-source.js";
import type { Target } from "../generate/target.js";
import { TARGETS } from "../generate/targets.js";
import type { Io } from "../io.js";
import { generateFiles } from "./generate-files.js";
import { collect, FILE_HELP, readInputs, somePath } from "./inputs.js";
import { report, withProgress } from "./report.js";
import { writeFiles } from "./write-files.js";

export interface GenerateOptions {
  file: string[];
  target: string;
  output: "yaml" | "json";
  out?: string;
  moduleUrl?: string;
}

const EXAMPLES = `
Targets:
${TARGETS.map(({ name, about }) => `  ${name.padEnd(19)}${about}`).join("\n")}

Examples:
  tidegate generate -t istio-wasmplugin -f policy.yaml \\
    --module-url 'oci://registry.example/tidegate/{plugin}:0.1.0' | kubectl apply -f -
  tidegate generate -t istio-envoyfilter -f policy.yaml \\
    --module-url 'file:///etc/tidegate/{plugin}.wasm' --out generated/
  tidegate generate -t envoy -f policy.yaml --out envoy.yaml && envoy -c envoy.yaml

Policies are checked as by tidegate validate first; nothing is written when there is an error.
For Istio, moduleUrl in the policy does the same as --module-url. The target envoy reads the modules
of tidegate build, unless --module-url names files.
`;

/** `tidegate generate` */
export function generateCommand(io: Io, outcome: Outcome): Command {
  const targets = TARGETS.map((target) => target.name);
  return new Command("generate")
    .summary("turn policies into Istio resources or an Envoy bootstrap")
    .description("Turns policies into Istio resources or an Envoy bootstrap.")
    .addOption(new Option("-t, --target <target>", "what to generate").choices(targets).makeOptionMandatory())
    .requiredOption("-f, --file <file>", FILE_HELP, collect)
    .addOption(new Option("-o, --output <format>", "form of the result").choices(["yaml", "json"]).default("yaml"))
    .option("--out <path>", "file to write; or folder, for one file a policy (default: standard output)", somePath)
    .option("--module-url <url>", "where proxies get the modules; {plugin} stands for a plugin's name")
    .addHelpText("after", EXAMPLES)
    .action(async (options: GenerateOptions) => void (outcome.exitCode = await generate(options, io)));
}

async function generate(options: GenerateOptions, io: Io): Promise<number> {
  const target = TARGETS.find(({ name }) => name === options.target) as Target;
  checkModuleUrl(options.moduleUrl);
  const inputs = await readInputs(options.file, io);
  const result = await withProgress(io, "checking", () => generateFiles(inputs.texts, target, options));
  const findings: Finding[] = [...inputs.findings, ...result.findings];
  const exitCode = report(findings, io);
  if (hasErrors(findings)) return exitCode;
  if (options.out === undefined) io.out(result.whole());
  else await writeFiles(result, options.out, io);
  return exitCode;
}

function checkModuleUrl(url: string | undefined): void {
  if (url === undefined) return;
  const problem = MODULE_URL.test(url)
    ? urlProblem(url.replaceAll("{plugin}", "plugin"))
    : `${url} is no oci://, https:// or file:/// URL`;
  if (problem) throw new UserError(`--module-url: ${problem}`);
}
