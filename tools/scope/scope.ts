import type { Finding } from "../errors.js";
import { readAccessLog } from "./access-log.js";
import { ConfigDump } from "./config-dump.js";
import { about, doubts } from "./findings.js";
import { Observed } from "./observed.js";
import { type Entry, propose, type Width } from "./propose.js";
import { type Saving, savings } from "./savings.js";
import { type Sidecar, sidecar } from "./sidecar.js";
import { readStats } from "./stats.js";
import { type SaidOfWorkload, workloadOf } from "./workload.js";

interface NamedText {
  file: string;
  text: string;
}

/** What a proposal is made from. */
export interface Sources {
  stats: readonly NamedText[];
  logs: readonly NamedText[];
  dump?: NamedText | undefined;
}

export interface Scoped {
  findings: Finding[];
  /** Absent when an error is among the findings. */
  sidecar?: Sidecar;
  entries: Entry[];
  /** What it saves of the config dump; absent without one. */
  savings?: Saving[];
}

/** A Sidecar from what was seen. Never throws, whatever the texts are. */
export function scopeOf({ stats, logs, dump: dumped }: Sources, said: SaidOfWorkload & Width): Scoped {
  const observed = new Observed();
  const findings = [
    ...stats.flatMap((one) => statsFindings(one, observed)),
    ...logs.flatMap((one) => logFindings(one, observed)),
  ];
  const dump = dumped && ConfigDump.read(dumped.text);
  if (dumped && !dump) findings.push(unreadable(dumped.file, "this is no config dump of Envoy", GET_DUMP));
  const { file } = (stats[0] ?? logs[0]) as NamedText;
  const type = String(dump?.node["id"] ?? "sidecar~").split("~")[0];
  if (dumped && type !== "sidecar") findings.push(notASidecar(dumped.file, type));
  const workload = workloadOf(said, dump?.node);
  if ("missing" in workload) findings.push(unsaid(file, workload.missing));
  if (findings.some(({ severity }) => severity === "error") || "missing" in workload) return { findings, entries: [] };
  const proposal = propose(observed, dump, workload, said);
  const passesOn = observed.clusters.has("PassthroughCluster") && observed.isUsed("PassthroughCluster");
  return {
    findings: [...findings, ...doubts(observed, file)],
    sidecar: sidecar(workload, proposal.entries, passesOn),
    entries: proposal.entries,
    ...(dump ? { savings: savings(dump, proposal) } : {}),
  };
}

const GET_STATS = "Get them by: pilot-agent request GET clusters";
const GET_DUMP = "Get it by: pilot-agent request GET 'config_dump?include_eds'";

function statsFindings({ file, text }: NamedText, observed: Observed): Finding[] {
  const { clusters, split } = readStats(text, observed);
  if (clusters > 0 && split === 0) return [];
  const why =
    split > 0 ? "Envoy has split the names of the clusters in these metrics" : "there are no statistics of clusters";
  return [unreadable(file, why, GET_STATS)];
}

function logFindings({ file, text }: NamedText, observed: Observed): Finding[] {
  if (readAccessLog(text, observed) > 0) return [];
  const remedy = "Give a log in Istio's default format, text or JSON, or statistics";
  return [unreadable(file, "there is no line of an access log with a cluster", remedy)];
}

function unreadable(file: string, message: string, remedy: string): Finding {
  return about(file, "TG8501", "error", message, remedy);
}

function notASidecar(file: string, type = ""): Finding {
  const message = `the proxy is a ${/^[a-z]{1,20}$/.test(type) ? type : "proxy of another kind"}, and a Sidecar is for sidecars alone`;
  return about(file, "TG8506", "error", message, "Give the dump of a workload's own proxy");
}

function unsaid(file: string, missing: string): Finding {
  const remedy =
    missing === "namespace"
      ? "Give -n, or --config-dump"
      : "Give --workload app=NAME, --namespace-wide, or --config-dump";
  return about(file, "TG8502", "error", `nothing says the ${missing} of the workload`, remedy);
}
