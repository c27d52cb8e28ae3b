import { plainName } from "./cluster-name.js";

/** What was counted of one cluster. */
export interface Counts {
  requests: number;
  connections: number;
  healthChecks: number;
}

/** What statistics and logs say together, of all proxies and moments. */
export class Observed {
  readonly clusters = new Map<string, Counts>();
  /** Hosts that clients named for traffic to where no service is, from access logs. */
  readonly unknownHosts = new Set<string>();
  /** The longest time that one file covers, in seconds; undefined when no file says. */
  seconds: number | undefined;

  add(cluster: string, counts: Partial<Counts>): void {
    const name = plainName(cluster);
    const before = this.clusters.get(name) ?? { requests: 0, connections: 0, healthChecks: 0 };
    this.clusters.set(name, {
      requests: before.requests + (counts.requests ?? 0),
      connections: before.connections + (counts.connections ?? 0),
      healthChecks: before.healthChecks + (counts.healthChecks ?? 0),
    });
  }

  lasted(seconds: number): void {
    this.seconds = Math.max(this.seconds ?? 0, seconds);
  }

  /** Requests and connections of a cluster that were for its service, and not health checks alone. */
  isUsed(cluster: string): boolean {
    const { requests, connections, healthChecks } = this.clusters.get(cluster)!;
    return requests > 0 || (connections > 0 && healthChecks === 0);
  }

  /** All requests, or connections where there were none, over all clusters to services. */
  total(clusters: Iterable<string>): number {
    let sum = 0;
    for (const cluster of clusters) {
      const { requests, connections } = this.clusters.get(cluster)!;
      sum += requests || connections;
    }
    return sum;
  }
}

/** A number of a counter; undefined for what is none. */
export function counted(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}
