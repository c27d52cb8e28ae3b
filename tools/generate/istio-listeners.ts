import type { Direction } from "../policy/model.js";

/** What EnvoyFilter calls the listeners of a direction. */
export const CONTEXT: Record<Direction, string> = {
  inbound: "SIDECAR_INBOUND",
  outbound: "SIDECAR_OUTBOUND",
  gateway: "GATEWAY",
};

/** Istio skips patches that are relative to another filter when a resource without priority comes too early. */
export const PRIORITY = 10;

export const HTTP_MANAGER = "envoy.filters.network.http_connection_manager";

/** The HTTP managers of listeners, or one HTTP filter in each. @param portNumber of the listeners; all when absent. */
export function managerMatch(portNumber: number | undefined, httpFilter?: string): object {
  const filter = { name: HTTP_MANAGER, ...(httpFilter === undefined ? {} : { subFilter: { name: httpFilter } }) };
  return { ...(portNumber === undefined ? {} : { portNumber }), filterChain: { filter } };
}
