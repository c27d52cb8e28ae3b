import { ANY_PORT, namespaceIn, outboundOf } from "./cluster-name.js";
import type { ConfigDump } from "./config-dump.js";
import type { Observed } from "./observed.js";
import type { Workload } from "./workload.js";

/** How wide the proposal is beside what was seen. */
export interface Width {
  /** Name the hosts of the workload's own namespace, too, in the place of all. */
  exact?: boolean;
  /** Keep all of a namespace that anything was called of. */
  wholeNamespaces?: boolean;
}

/** One entry of `egress.hosts`. */
export interface Entry {
  host: string;
  /** Why it is there: the same as long as the same is used. */
  comment: string;
}

export interface Proposal {
  entries: Entry[];
  /** Whether a host of a cluster stays reachable through its service. */
  keeps(host: string): boolean;
}

/** The hosts that a workload was seen to need, as a Sidecar names them, in an order of their own. */
export function propose(observed: Observed, dump: ConfigDump | undefined, workload: Workload, width: Width): Proposal {
  const namespaces = dump?.namespaces() ?? new Map<string, string>();
  const entries = new Map<string, Set<string>>();
  const fixed = new Map<string, string>([
    ...(width.exact ? [] : [["./*", "its own namespace"] as [string, string]]),
    [`${workload.controlPlane}/*`, "the control plane, and what it brings"] as const,
  ]);
  const entryOf = (host: string): string => {
    const namespace = namespaces.get(host) ?? namespaceIn(host);
    if (namespace === workload.controlPlane) return `${namespace}/*`;
    if (namespace === workload.namespace) return width.exact ? `./${host}` : "./*";
    if (namespace !== undefined && width.wholeNamespaces) return `${namespace}/*`;
    return `${namespace ?? "*"}/${host}`;
  };
  for (const [host, why] of needed(observed, dump)) {
    const entry = entryOf(host);
    if (fixed.has(entry)) continue;
    const reasons = entries.get(entry) ?? new Set<string>();
    for (const reason of why) reasons.add(entry.endsWith("/*") ? host : reason);
    entries.set(entry, reasons);
  }
  const found = [...entries].sort(([one], [other]) => (one < other ? -1 : 1));
  const all = new Set([...fixed.keys(), ...entries.keys()]);
  return {
    entries: [
      ...[...fixed].map(([host, comment]) => ({ host, comment })),
      ...found.map(([host, reasons]) => ({ host, comment: [...reasons].sort(byNumber).join(", ") })),
    ],
    keeps: (host) => all.has(entryOf(host)),
  };
}

/** Hosts, and why each is needed. */
function needed(observed: Observed, dump: ConfigDump | undefined): Map<string, Set<string>> {
  const hosts = new Map<string, Set<string>>();
  const add = (host: string, reason: string): void => void hosts.set(host, (hosts.get(host) ?? new Set()).add(reason));
  for (const cluster of observed.clusters.keys()) {
    const outbound = outboundOf(cluster);
    if (!outbound || !observed.isUsed(cluster)) continue;
    add(outbound.host, outbound.port === ANY_PORT ? "requests" : `port ${outbound.port}`);
    for (const own of dump?.leadingTo(outbound.host) ?? []) add(own, `leads to ${outbound.host}`);
  }
  for (const cluster of dump?.calledByFilters() ?? []) add(outboundOf(cluster)!.host, "called by a filter");
  return hosts;
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
