import { textsOf } from "../diff/json.js";
import { isObject } from "../is-object.js";
import { isHost, UNKNOWN } from "./cluster-name.js";
import type { Observed } from "./observed.js";

/** What of one request a log has to say. */
interface Entry {
  cluster: string;
  /** Which host the client named, by the Host header or in its TLS greeting. */
  host: string | undefined;
  time: number | undefined;
}

/**
 * The end of Istio's default format: "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW%
 * %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%.
 * What clients say stands before it in quotes, or has no spaces.
 */
const TEXT_END = /"([^"]*)" "[^"]*" ([^\s"]+) [^\s"]+ [^\s"]+ [^\s"]+ ([^\s"]+) [^"]+$/;
const TIME = /\[(\d{4}-\d\d-\d\dT[\d:.]+Z)\]/;

/** Reads an access log in Istio's default format, as text or JSON, with whatever else stands between. @returns entries. */
export function readAccessLog(text: string, observed: Observed): number {
  const entries = text.split(/\r?\n/).flatMap((line) => entryOf(line) ?? []);
  let [first, last] = [Infinity, -Infinity];
  for (const { cluster, host, time } of entries) {
    observed.add(cluster, { requests: 1 });
    if (Object.hasOwn(UNKNOWN, cluster) && host !== undefined) observed.unknownHosts.add(host);
    if (time === undefined) continue;
    [first, last] = [Math.min(first, time), Math.max(last, time)];
  }
  if (last >= first) observed.lasted((last - first) / 1000);
  return entries.length;
}

function entryOf(line: string): Entry | undefined {
  const start = line.indexOf("{");
  const json = start >= 0 ? jsonOf(line.slice(start)) : undefined;
  if (isObject(json)) {
    const { upstream_cluster, authority, requested_server_name, start_time = "" } = textsOf(json);
    return entry(upstream_cluster, authority, requested_server_name, start_time);
  }
  const [, authority, cluster, server] = TEXT_END.exec(line.trimEnd()) ?? [];
  return entry(cluster, authority, server, TIME.exec(line)?.[1] ?? "");
}

function entry(
  cluster: string | undefined,
  authority: string | undefined,
  server: string | undefined,
  at: string,
): Entry | undefined {
  if (cluster === undefined || cluster === "-" || cluster === "") return undefined;
  const host = [server, authority].find(isHost);
  const time = Date.parse(at);
  return { cluster, host, time: Number.isNaN(time) ? undefined : time };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
