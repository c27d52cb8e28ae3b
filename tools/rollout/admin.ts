import { messageOf, UserError } from "../errors.js";
import type { ProxyStats } from "./status.js";
import { readStats } from "./stats.js";

const TIMEOUT_MS = 5_000;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/** Whether an admin interface, as `host:port`, is on this machine: who reaches one can stop its Envoy. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(hostOf(address));
}

/** Whether a text is `host:port`, the host a name, an IPv4 address or an IPv6 address in brackets. */
export function isAddress(text: string): boolean {
  return /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/.test(text);
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, "");
}

/** Asks the admin interface of an Envoy for its node id and its statistics of rollouts. Fails with a `UserError` otherwise. */
export async function askAdmin(address: string): Promise<ProxyStats> {
  const info = await get(address, "/server_info");
  const stats = readStats(await get(address, "/stats?filter=_rollout_"));
  const nodeId = nodeIdIn(info);
  return { proxy: nodeId ?? address, ...(nodeId === undefined ? {} : { nodeId }), stats: stats ?? [] };
}

async function get(address: string, path: string): Promise<string> {
  const url = `http://${address}${path}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.text();
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    throw new UserError(`${url}: ${messageOf(cause ?? error)}`, 3);
  }
}

/** The node id in an answer of /server_info, undefined when there is none. */
function nodeIdIn(text: string): string | undefined {
  try {
    const { node } = JSON.parse(text) as { node?: { id?: unknown } };
    return typeof node?.id === "string" && node.id !== "" ? node.id : undefined;
  } catch {
    return undefined;
  }
}
