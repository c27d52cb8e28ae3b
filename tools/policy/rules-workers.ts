import type { Fault } from "./fault.js";
import type { PolicyDocument } from "./model.js";
import { configNode, type Node } from "./node.js";

/** What a sidecar of Istio has unless its CPU limit says otherwise. */
const USUAL_WORKERS = 2;

/** Limits of ratelimit that so many workers, or proxies, cannot keep: each of them lets one request in at least. */
export function workerFaults(policy: PolicyDocument): Fault[] {
  const config = configNode(policy, "ratelimit");
  if (!config) return [];
  const workers = policy.spec.workers ?? USUAL_WORKERS;
  const severity = policy.spec.workers === undefined ? "warning" : "error";
  const faults = [
    ...concurrencyFaults(config, workers),
    ...(config.at("rules")?.items() ?? []).flatMap((rule) => leaseFaults(rule, workers)),
  ];
  return [...faults.map((fault) => ({ ...fault, severity }) as Fault), ...replicaFaults(config)];
}

function concurrencyFaults(config: Node, workers: number): Fault[] {
  const limit = config.at("concurrency")?.at("max_limit");
  if (limit?.number === undefined || limit.number >= workers) return [];
  const message = `each of the ${workers} workers of a proxy lets one request in at least, so ${limit.number} in flight cannot be kept`;
  return [{ code: "TG3019", path: limit.path, message, remedy: remedyFor(`Write ${workers} or more`) }];
}

/** What workers lease at once they may hand out beyond the burst. */
function leaseFaults(rule: Node, workers: number): Fault[] {
  const lease = rule.at("lease");
  const quota = rule.at("quota");
  const burst = quota?.at("burst")?.number ?? quota?.at("requests")?.number;
  if (lease?.number === undefined || burst === undefined) return [];
  const beyond = (workers - 1) * (lease.number - 1);
  if (beyond <= burst) return [];
  const message = `${workers} workers that lease ${lease.number} at once may let ${beyond} requests through beyond the burst of ${burst}`;
  return [{ code: "TG3019", path: lease.path, message, remedy: remedyFor("Write a smaller lease, or leave it out") }];
}

function remedyFor(remedy: string): string {
  return `${remedy}; spec.workers says how many workers the proxies have`;
}

/** A part of a quota is at least one request, however many share it. */
function replicaFaults(config: Node): Fault[] {
  return (config.at("rules")?.items() ?? []).flatMap((rule): Fault[] => {
    const quota = rule.at("quota");
    const replicas = quota?.at("replicas");
    const burst = quota?.at("burst")?.number ?? quota?.at("requests")?.number;
    if (replicas?.number === undefined || burst === undefined || replicas.number <= burst) return [];
    const message = `each of ${replicas.number} proxies lets one request through at least, so a burst of ${burst} cannot be kept`;
    const remedy = "Write a burst of as many, or fewer replicas";
    return [{ code: "TG3019", severity: "warning", path: replicas.path, message, remedy }];
  });
}
