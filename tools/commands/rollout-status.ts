import { Command, InvalidArgumentError, Option } from "commander";
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Outcome } from "../cli.js";
import { messageOf, UserError } from "../errors.js";
import type { Io } from "../io.js";
import { type PrintForm, printedAs } from "../output/print-form.js";
import { discoverPlugins } from "../plugins.js";
import { askAdmin, isAddress, isLoopback } from "../rollout/admin.js";
import { isGood, type ProxyStats, type Side, statusOf, type Wanted } from "../rollout/status.js";
import { statusText } from "../rollout/status-text.js";
import { stage } from "../rollout/stage.js";
import { readStats } from "../rollout/stats.js";
import { PolicyChecker } from "../validate/policies.js";
import { readInputs, somePath } from "./inputs.js";
import { outputOption } from "./option-values.js";
import { report } from "./report.js";
import { ONE_FILE } from "./rollout-edit.js";

interface Options {
  stats?: string[];
  admin?: string[];
  anyHost?: boolean;
  file?: string;
  expect?: Side;
  settled?: boolean;
  output: PrintForm;
}

const EXAMPLES = `
Examples:
  tidegate rollout status --admin 127.0.0.1:15000 127.0.0.1:15001
  tidegate rollout status -f policy.yaml --stats stats/*.txt
  kubectl exec deploy/reviews -c istio-proxy -- pilot-agent request GET stats > stats/reviews.txt

Files hold what an Envoy's /stats, /stats?format=json or /stats/prometheus says; their names are the
proxies'. With -f only the rollout of that policy counts, a plugin of it that a proxy says nothing of
is missing, and of proxies asked by --admin it is known on which side they should be.

Exit codes: 0 fine, 1 a proxy has reverted, says nothing, or is on the other side than it should be
(with --settled also: one still measures), 2 wrong usage, 3 a file or an Envoy cannot be read.
`;

/** `tidegate rollout status` */
export function statusCommand(io: Io, outcome: Outcome): Command {
  return new Command("status")
    .summary("say which proxies have taken the change, and which went back")
    .description("Says by Envoy's statistics which proxies have taken the change, and which went back by themselves.")
    .option("--stats <file...>", "statistics of an Envoy each", somePaths)
    .option("--admin <address...>", "admin interface of an Envoy each, as 127.0.0.1:15000", addresses)
    .option("--any-host", "ask admin interfaces of other machines, too")
    .option("-f, --file <file>", `${ONE_FILE}: only its rollout counts`, somePath)
    .addOption(new Option("--expect <side>", "where all of them should be, as in a wave").choices(["stable", "new"]))
    .option("--settled", "exit 1 also while a proxy still measures the stable side")
    .addOption(outputOption("form of the result", "text", "json", "yaml"))
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => void (outcome.exitCode = await status(options, io)));
}

function somePaths(value: string, previous: string[] = []): string[] {
  return [...previous, somePath(value)];
}

function addresses(value: string, previous: string[] = []): string[] {
  if (!isAddress(value)) throw new InvalidArgumentError("Expected an address such as 127.0.0.1:15000.");
  return [...previous, value];
}

async function status(options: Options, io: Io): Promise<number> {
  const { stats = [], admin = [], output } = options;
  if (stats.length + admin.length === 0) throw new UserError("give --stats or --admin");
  const remote = options.anyHost ? undefined : admin.find((address) => !isLoopback(address));
  if (remote) throw new UserError(`--admin ${remote}: that is not this machine; --any-host asks it all the same`);
  const wanted = options.file === undefined ? undefined : await wantedOf(options.file, io);
  if (typeof wanted === "number") return wanted;
  const proxies = [
    ...(await Promise.all(stats.map((file) => statsOf(file, io)))),
    ...(await Promise.all(admin.map((address) => askAdmin(address)))),
  ];
  const found = statusOf(proxies, wanted, options.expect);
  io.out(printedAs(output, found, () => statusText(found, wanted)));
  const isSettled = !options.settled || found.proxies.measuring === 0;
  return isGood(found) && isSettled ? 0 : 1;
}

/** The rollout of a policy; the exit code when there is none to be read. */
async function wantedOf(file: string, io: Io): Promise<Wanted | number> {
  const { texts, findings } = await readInputs([file], io);
  if (texts.length === 0) return report(findings, io) && 3;
  const checked = new PolicyChecker(discoverPlugins()).check(texts);
  if (checked.findings.length > 0) return report(checked.findings, io);
  const policies = checked.policies.filter(({ policy }) => policy.spec.rollout);
  const [one] = policies;
  if (!one || policies.length > 1)
    throw new UserError(`${file}: ${policies.length} policies with a rollout, not one`, 3);
  const { percent, salt } = one.policy.spec.rollout!;
  return { percent, salt, plugins: stage(one.policy).policy.spec.plugins.map(({ name }) => name) };
}

async function statsOf(file: string, io: Io): Promise<ProxyStats> {
  const text = await readFile(resolve(io.cwd, file), "utf8").catch((error: unknown) => {
    throw new UserError(`${file}: ${messageOf(error)}`, 3);
  });
  const stats = readStats(text);
  if (!stats) throw new UserError(`${file}: neither statistics of Envoy in text, nor in JSON, nor Prometheus's`, 3);
  return { proxy: basename(file).replace(/\.(txt|json|prom|stats)$/, ""), stats };
}
