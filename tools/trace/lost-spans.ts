import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { traceConfig } from "./plugin.js";

/** Spans whose cluster is none of plain Envoy's; Istio's names of clusters, which have bars, are not meant for it. */
export function lostSpansFaults(policy: PolicyDocument): Fault[] {
  const upstreams = policy.spec.envoy?.upstreams ?? [];
  const cluster = traceConfig(policy)?.at("spans")?.at("cluster");
  if (upstreams.length === 0 || cluster?.text === undefined || cluster.text.includes("|")) return [];
  if (upstreams.some(({ name }) => name === cluster.text)) return [];
  const message = `spans are sent to ${cluster.text}, which plain Envoy has not, so they are lost there`;
  const remedy = `Add an upstream named ${cluster.text} to spec.envoy`;
  return [{ code: "TG3208", severity: "warning", path: cluster.path, message, remedy }];
}
