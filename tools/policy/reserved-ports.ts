/**
 * Ports of Istio's own listeners: administration, traffic capture, debugging, the agent, tunnels, health, DNS and
 * statistics (istio.io/latest/docs/ops/deployment/application-requirements).
 */
export const RESERVED_PORTS: ReadonlySet<number> = new Set([
  ...[15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090],
]);
