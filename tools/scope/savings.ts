import { type JsonObject, textsOf } from "../diff/json.js";
import { outboundOf } from "./cluster-name.js";
import { clustersIn, type ConfigDump, hostOf } from "./config-dump.js";
import type { Proposal } from "./propose.js";

/** How many of one kind of resource there are, and would be left, with the bytes of their JSON. */
export interface Saving {
  kind: string;
  before: number;
  after: number;
  bytesBefore: number;
  bytesAfter: number;
}

/** Which part of what istiod has sent would go. An estimate of configuration: what Envoy makes of it is another matter. */
export function savings(dump: ConfigDump, { keeps }: Proposal): Saving[] {
  const isKept = (cluster: string): boolean => keeps(outboundOf(cluster)?.host ?? "") || !outboundOf(cluster);
  const stays = (clusters: readonly string[]): boolean => clusters.length === 0 || clusters.some(isKept);
  const hostStays = (virtualHost: JsonObject): boolean =>
    stays(clustersIn(virtualHost)) && (clustersIn(virtualHost).length === 0 || keeps(hostOf(virtualHost)));
  const routesLeft = new Map(dump.routes.map((route) => [textsOf(route)["name"], stays(clustersIn(route))] as const));
  const listenerStays = (listener: JsonObject): boolean => {
    const routes = routeNames(listener);
    const clusters = clustersIn(listener);
    if (routes.length + clusters.length === 0) return true;
    return clusters.some(isKept) || routes.some((route) => routesLeft.get(route) ?? true);
  };
  return [
    saving("clusters", dump.clusters, (cluster) => isKept(textsOf(cluster)["name"] ?? "")),
    saving("endpoints", dump.endpoints, (endpoint) => isKept(textsOf(endpoint)["cluster_name"] ?? "")),
    saving("virtual hosts", dump.virtualHosts(), hostStays),
    saving("listeners", dump.listeners, listenerStays),
  ];
}

function saving(kind: string, all: readonly JsonObject[], stays: (one: JsonObject) => boolean): Saving {
  const left = all.filter(stays);
  return { kind, before: all.length, after: left.length, bytesBefore: bytes(all), bytesAfter: bytes(left) };
}

function bytes(resources: readonly JsonObject[]): number {
  return resources.reduce((sum, resource) => sum + Buffer.byteLength(JSON.stringify(resource)), 0);
}

function routeNames(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "route_config_name" && typeof inner === "string" ? [inner] : routeNames(inner),
  );
}

/** The savings as a table, and what they mean. */
export function savingsText(all: readonly Saving[]): string {
  const [before, after] = [sum(all, "bytesBefore"), sum(all, "bytesAfter")];
  const rows = all.map((one) => {
    const size = `${kilobytes(one.bytesBefore)} -> ${kilobytes(one.bytesAfter)}`;
    return `  ${one.kind.padEnd(14)} ${`${one.before} -> ${one.after}`.padEnd(16)} ${size}\n`;
  });
  const share = before === 0 ? 0 : Math.round((1 - after / before) * 100);
  return `estimate of configuration, by its JSON in the dump, not of memory:\n${rows.join("")}  together ${share} % less\n`;
}

function sum(all: readonly Saving[], key: "bytesBefore" | "bytesAfter"): number {
  return all.reduce((total, one) => total + one[key], 0);
}

function kilobytes(count: number): string {
  return `${(count / 1000).toFixed(1)} kB`;
}
