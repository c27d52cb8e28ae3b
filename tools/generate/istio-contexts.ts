import type { Direction } from "../policy/model.js";

/** What EnvoyFilter calls the listeners and routes of a direction. */
export const CONTEXT: Record<Direction, string> = {
  inbound: "SIDECAR_INBOUND",
  outbound: "SIDECAR_OUTBOUND",
  gateway: "GATEWAY",
};
