import type { Finding } from "../errors.js";
import type { Code } from "../policy/codes.js";
import { outboundOf, UNKNOWN } from "./cluster-name.js";
import type { Observed } from "./observed.js";

const DAY_S = 86_400;
/** Below this many requests, or connections, what was seen may be chance. */
const FEW = 100;
const MAX_LISTED = 10;

/** A finding about a whole file. */
export function about(
  file: string,
  code: Code,
  severity: Finding["severity"],
  message: string,
  remedy: string,
): Finding {
  return { code, severity, file, line: 1, column: 1, message, remedy };
}

/** What is doubtful in what was seen; `file` stands for all. */
export function doubts(observed: Observed, file: string): Finding[] {
  return [...shortness(observed, file), ...unknownTraffic(observed, file), ...onlyChecked(observed, file)];
}

function shortness(observed: Observed, file: string): Finding[] {
  const used = [...observed.clusters.keys()].filter((name) => outboundOf(name) && observed.isUsed(name));
  const total = observed.total(used);
  const { seconds } = observed;
  const remedy =
    "Add later statistics, or those of other replicas: what is called once a day or a month must be in them";
  const warn = (message: string): Finding => about(file, "TG8504", "warning", message, remedy);
  if (used.length === 0) return [warn("no traffic to any service was seen")];
  const found = total < FEW ? [warn(`only ${total} requests and connections were seen`)] : [];
  if (seconds === undefined) return [...found, warn("nothing says how long was observed")];
  return seconds < DAY_S ? [...found, warn(`${hours(seconds)} are all that was observed`)] : found;
}

function hours(seconds: number): string {
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function unknownTraffic(observed: Observed, file: string): Finding[] {
  return Object.entries(UNKNOWN).flatMap(([cluster, fate]) => {
    if (!observed.clusters.has(cluster) || !observed.isUsed(cluster)) return [];
    const hosts = [...observed.unknownHosts].sort();
    const listed = hosts.slice(0, MAX_LISTED).join(", ") + (hosts.length > MAX_LISTED ? ", ..." : "");
    const whom = hosts.length > 0 ? `, such as ${listed}` : "; --access-log would say which";
    const message = `traffic to hosts that the mesh does not know was ${fate} (${cluster})${whom}`;
    const remedy = "Add a ServiceEntry for each; with outboundTrafficPolicy REGISTRY_ONLY they get none";
    return [about(file, "TG8503", "warning", message, remedy)];
  });
}

function onlyChecked(observed: Observed, file: string): Finding[] {
  return [...observed.clusters.keys()].sort().flatMap((cluster) => {
    const outbound = outboundOf(cluster);
    const counts = observed.clusters.get(cluster)!;
    if (!outbound || observed.isUsed(cluster) || counts.connections === 0) return [];
    const message = `${outbound.host} got health checks and nothing else on port ${outbound.port}, so it is left out`;
    return [about(file, "TG8505", "warning", message, "Add it to egress.hosts if it must be there in an emergency")];
  });
}
