import { Command, Option } from "commander";
import type { Outcome } from "../cli.js";
import { hasErrors } from "../errors.js";
import * as read from "../explain/options.js";
import type { Described } from "../explain/request.js";
import type { Io } from "../io.js";
import { printedAs } from "../output/print-form.js";
import { collect, FILE_HELP, readInputs } from "./inputs.js";
import { outputOption } from "./option-values.js";
import { report, withProgress } from "./report.js";

interface Options extends Omit<Described, "headers" | "claims"> {
  file: string[];
  policy?: string;
  header?: Described["headers"];
  claim?: Described["claims"];
  at?: number;
  output: "text" | "json";
}

const EXAMPLES = `
Examples:
  tidegate explain canary -f policy.yaml -H 'x-user: 42'
  tidegate explain canary -f policy.yaml --path '/cart?debug=1' --client-address 10.1.2.3 -o json
  tidegate explain canary -f policy.yaml --claim sub=42 --claim 'groups=["qa","dev"]' \\
    --at 2026-11-21T09:00:00+01:00

Runs the built module, as a proxy would, and says which rule decides and why those before it do not,
then what the upstream and the client get. A header is written as for curl: 'name: value', or 'name;'
for an empty one, and x-forwarded-for as the plugin gets it, after Envoy may have added the peer.
Ids of lists are not shown, and neither is what a header is compared with.
`;

/** `tidegate explain` */
export function explainCommand(io: Io, outcome: Outcome): Command {
  return new Command("explain")
    .summary("say why a plugin decides for a request as it does")
    .description("Says why a plugin decides for a request as it does, and what is sent then.")
    .argument("<plugin>", "canary")
    .requiredOption("-f, --file <file>", FILE_HELP, collect)
    .option("--policy <name>", "which policy, when several use the plugin: its name, or namespace/name")
    .option("-H, --header <line>", "header of the request; may be repeated", read.headerOption)
    .addOption(new Option("--method <method>", "of the request").argParser(read.methodOption).default("GET"))
    .addOption(new Option("--path <path>", "with the query").argParser(read.pathOption).default("/"))
    .option("--authority <host>", "of the request (default: localhost)", read.textOption)
    .addOption(
      new Option("--client-address <ip>", "as Envoy tells it").argParser(read.addressOption).default("127.0.0.1"),
    )
    .option("--source-identity <uri>", "of the client's certificate, such as spiffe://...", read.textOption)
    .option(
      "--claim <name=value>",
      "of the verified token, a.b=value inside another; may be repeated",
      read.claimOption,
    )
    .addOption(
      new Option("--payload <name>", "payload_in_metadata of jwt_authn")
        .argParser(read.textOption)
        .default("jwt_payload"),
    )
    .option("--at <time>", "RFC 3339 (default: now)", read.timeOption)
    .addOption(outputOption("form of the result", "text", "json"))
    .addHelpText("after", EXAMPLES)
    .action(async (plugin: string, options: Options) => void (outcome.exitCode = await explain(plugin, options, io)));
}

async function explain(plugin: string, options: Options, io: Io): Promise<number> {
  const { discoverPlugins } = await import("../plugins.js");
  const { validatePolicies } = await import("../validate/validate.js");
  const { choosePolicy, refuseUnexplained } = await import("../explain/choose.js");
  const { explainCanary } = await import("../explain/explain.js");
  const { textOf } = await import("../explain/text.js");
  const catalog = discoverPlugins();
  refuseUnexplained(plugin, [...catalog.keys()]);
  const inputs = await readInputs(options.file, io);
  const checked = await withProgress(io, "checking", () => validatePolicies(inputs.texts, { catalog }));
  const findings = [...inputs.findings, ...checked.findings];
  const exitCode = report(findings, io);
  if (hasErrors(findings)) return exitCode;
  const policies = checked.policies.map(({ policy }) => policy);
  const policy = choosePolicy(policies, plugin, options.policy);
  const described: Described = { ...options, headers: options.header ?? [], claims: options.claim ?? [] };
  const explained = await explainCanary(policy, described, options.at ?? Date.now());
  io.out(printedAs(options.output, explained, textOf));
  return exitCode;
}
