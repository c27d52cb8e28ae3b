import type { EnvoyProcess } from "../../tools/envoy/process.js";

/** The sum of all of Envoy's statistics that a regular expression finds. */
export async function sumOfStats(envoy: EnvoyProcess, filter: string): Promise<number> {
  const lines = await envoy.admin(`/stats?filter=${encodeURIComponent(filter)}`);
  return [...lines.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** How many connections each worker has got. */
export function connectionsOf(envoy: EnvoyProcess, workers: number): Promise<number[]> {
  const numbers = Array.from({ length: workers }, (_, i) => i);
  return Promise.all(numbers.map((worker) => sumOfStats(envoy, `listener.*worker_${worker}.downstream_cx_total`)));
}
