import { Command, InvalidArgumentError } from "commander";
import type { Outcome } from "../cli.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import { readLabels } from "../import/options.js";
import type { Io } from "../io.js";
import { someNamespace } from "../output/values.js";
import { collect, readInputs, somePath } from "./inputs.js";
import { outputOption } from "./option-values.js";
import { report } from "./report.js";

interface Options {
  stats?: string[];
  accessLog?: string[];
  configDump?: string;
  namespace?: string;
  workload?: Record<string, string>;
  namespaceWide?: boolean;
  name?: string;
  exact?: boolean;
  wholeNamespaces?: boolean;
  output: "yaml" | "json";
}

const EXAMPLES = `
Examples:
  kubectl exec deploy/web -n shop -c istio-proxy -- pilot-agent request GET clusters > clusters.txt
  kubectl exec deploy/web -n shop -c istio-proxy -- pilot-agent request GET 'config_dump?include_eds' > dump.json
  tidegate scope --stats clusters.txt --config-dump dump.json | kubectl apply -f -
  tidegate scope --stats monday/*.txt sunday/*.txt --access-log web.log -n shop --workload app=web

Statistics are Envoy's /stats or /clusters, as text or JSON, or /stats/prometheus; Istio's proxies leave most of
/stats out, but not /clusters. Access logs are in Istio's default format, text or JSON. All that any of the files
has seen is kept, besides the namespace itself and istio-system. The config dump says who the workload is, in which
namespaces its hosts are, and which hosts lead to those that were seen; what the Sidecar saves of it is
estimated on standard error. Read tools/scope/README.md before applying the first.
`;

/** `tidegate scope` */
export function scopeCommand(io: Io, outcome: Outcome): Command {
  return new Command("scope")
    .summary("propose an Istio Sidecar from statistics or access logs")
    .description("Proposes an Istio Sidecar, which keeps of the mesh what a workload was seen to call.")
    .option("--stats <file...>", "statistics of the workload's proxies, - for standard input; may be repeated", collect)
    .option("--access-log <file...>", "access logs of its proxies; may be repeated", collect)
    .option("--config-dump <file>", "config dump of one of its proxies", somePath)
    .option("-n, --namespace <name>", "of the workload (default: what the config dump says)", someNamespace)
    .option("--workload <labels>", "of its pods, such as app=web (default: what the config dump says)", labelsOption)
    .option("--namespace-wide", "for all workloads of the namespace, all of whose statistics are given")
    .option("--name <name>", "of the Sidecar (default: the first label's value)", someNamespace)
    .option("--exact", "name the hosts of the workload's own namespace, too, in the place of all of it")
    .option("--whole-namespaces", "keep all of each namespace that something was called in: wider, and safer")
    .addOption(outputOption("form of the Sidecar", "yaml", "json"))
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => void (outcome.exitCode = await scope(options, io)));
}

async function scope(options: Options, io: Io): Promise<number> {
  const { stats = [], accessLog = [], configDump } = options;
  if (stats.length + accessLog.length === 0) throw new UserError("give --stats or --access-log");
  if (options.workload && options.namespaceWide) throw new UserError("give --workload or --namespace-wide, not both");
  const all = [...stats, ...accessLog, ...(configDump === undefined ? [] : [configDump])];
  if (all.filter((file) => file === "-").length > 1) throw new UserError("only one file can be standard input");
  const { scopeOf } = await import("../scope/scope.js");
  const { sidecarYaml } = await import("../scope/sidecar.js");
  const { savingsText } = await import("../scope/savings.js");
  const [counted, logged, dumped] = [
    await readInputs(stats, io),
    await readInputs(accessLog, io),
    await readInputs(configDump === undefined ? [] : [configDump], io),
  ];
  const unread: Finding[] = [counted, logged, dumped].flatMap(({ findings }) => findings);
  if (unread.length > 0) return report(unread, io) && 3;
  const found = scopeOf({ stats: counted.texts, logs: logged.texts, dump: dumped.texts[0] }, options);
  const exitCode = report(found.findings, io);
  if (!found.sidecar || hasErrors(found.findings)) return exitCode;
  const { sidecar, entries, savings } = found;
  io.out(options.output === "json" ? `${JSON.stringify(sidecar, null, 2)}\n` : sidecarYaml(sidecar, entries));
  if (savings) io.err(savingsText(savings));
  return exitCode;
}

function labelsOption(text: string): Record<string, string> {
  const labels = readLabels(text);
  if (labels) return labels;
  throw new InvalidArgumentError("Expected labels such as app=web,tier=front.");
}
