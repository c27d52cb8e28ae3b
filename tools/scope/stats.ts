import { itemsOf } from "../diff/json.js";
import { isObject } from "../is-object.js";
import { ANY_PORT, isHost, UNKNOWN } from "./cluster-name.js";
import { counted, type Counts, type Observed } from "./observed.js";

/** What a statistic of a cluster counts; others are passed over. */
const COUNTERS: Record<string, keyof Counts> = {
  upstream_rq_total: "requests",
  rq_total: "requests",
  upstream_cx_total: "connections",
  cx_total: "connections",
  "health_check.attempt": "healthChecks",
  health_check_attempt: "healthChecks",
};

/** How much of a text was read, and what could not be. */
export interface ReadStats {
  /** Statistics of clusters; none: the text is no statistics, or has none of clusters. */
  clusters: number;
  /** Prometheus metrics whose cluster's name Envoy has split, so that it cannot be told. */
  split: number;
}

/** Reads `/stats` or `/clusters`, as text or JSON, or `/stats/prometheus`. Never throws: what is none counts nothing. */
export function readStats(text: string, observed: Observed): ReadStats {
  const read: ReadStats = { clusters: 0, split: 0 };
  const json = text.trimStart().startsWith("{") ? jsonOf(text) : undefined;
  if (isObject(json)) readJson(json, observed, read);
  else for (const line of text.split(/\r?\n/)) readLine(line, observed, read);
  return read;
}

function readLine(line: string, observed: Observed, read: ReadStats): void {
  const [, host, counter, value] = /^(.+?)::[^:].*::(\w+)::(\d+)$/.exec(line) ?? [];
  if (host !== undefined) return add(host, counter!, value, observed, read);
  const [, name, text] = /^(\S+): (\d+)$/.exec(line) ?? [];
  if (name !== undefined) return addNamed(name, text, observed, read);
  readMetric(line, observed, read);
}

/** `cluster.NAME.COUNTER`, or the time since the proxy started. */
function addNamed(name: string, value: unknown, observed: Observed, read: ReadStats): void {
  if (name === "server.uptime") observed.lasted(counted(value) ?? 0);
  const [, cluster, counter] = /^cluster\.(.+?)\.(health_check\.attempt|\w+)$/.exec(name) ?? [];
  if (cluster !== undefined) add(cluster, counter!, value, observed, read);
}

/** Requests that the proxy sent, as Istio counts them whatever statistics of Envoy are left out. */
const ISTIO = /^istio_(?:requests_total|tcp_connections_opened_total)$/;

function readMetric(line: string, observed: Observed, read: ReadStats): void {
  const [, metric, labels = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([\d.eE+]+)(?: \d+)?$/.exec(line) ?? [];
  if (metric === undefined) return;
  if (metric === "envoy_server_uptime") observed.lasted(counted(value) ?? 0);
  const label = (key: string): string | undefined =>
    new RegExp(`(?:^|,)${key}="((?:[^"\\\\]|\\\\.)*)"`).exec(labels)?.[1];
  if (ISTIO.test(metric) && label("reporter") === "source") {
    const host = label("destination_service") ?? "";
    const unknown = label("destination_service_name") ?? "";
    const isUnknown = Object.hasOwn(UNKNOWN, unknown);
    add(isUnknown ? unknown : `outbound|${ANY_PORT}||${host}`, "rq_total", value, observed, read);
    if (isUnknown && counted(value) !== 0 && isHost(host)) observed.unknownHosts.add(host);
  }
  const [, middle, counter] =
    /^envoy_cluster_(.*?)_?((?:upstream_[rc][qx]_total)|health_check_attempt)$/.exec(metric) ?? [];
  const cluster = label("cluster_name") ?? label("envoy_cluster_name");
  if (counter === undefined || cluster === undefined) return;
  if (middle === "") add(cluster, counter, value, observed, read);
  else if (cluster.startsWith("outbound")) read.split += 1;
}

function readJson(json: Record<string, unknown>, observed: Observed, read: ReadStats): void {
  for (const stat of itemsOf(json["stats"])) {
    if (isObject(stat) && typeof stat["name"] === "string") addNamed(stat["name"], stat["value"], observed, read);
  }
  for (const status of itemsOf(json["cluster_statuses"])) {
    if (!isObject(status) || typeof status["name"] !== "string") continue;
    for (const host of itemsOf(status["host_statuses"])) {
      for (const stat of itemsOf(isObject(host) ? host["stats"] : undefined)) {
        if (!isObject(stat) || typeof stat["name"] !== "string") continue;
        add(status["name"], stat["name"], stat["value"] ?? 0, observed, read);
      }
    }
  }
}

function add(cluster: string, counter: string, value: unknown, observed: Observed, read: ReadStats): void {
  const kind = Object.hasOwn(COUNTERS, counter) ? COUNTERS[counter] : undefined;
  const number = counted(value);
  if (kind === undefined || number === undefined) return;
  read.clusters += 1;
  observed.add(cluster, { [kind]: number });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
