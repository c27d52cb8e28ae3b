import { SeededRandom } from "../../host/random.js";
import { type Shot, requestText } from "./open-load.js";
import { CAPACITY, type Phase, WORK_MS } from "./scenarios.js";

/** A shot with what it asks of the upstream. */
export interface Request extends Shot {
  workMs: number;
}

const USERS = 1000;

/**
 * The requests of phases that follow each other: Poisson arrivals of 1000 users on two routes. The same for the same
 * seed, so that every limiter is given the very same.
 */
export function requestsOf(phases: readonly Phase[], seed: number): Request[] {
  const random = new SeededRandom(seed);
  const uniform = (): number => (random.nextU32() + 1) / 2 ** 32;
  const requests: Request[] = [];
  let end = 0;
  for (const { seconds, load, slowShare } of phases) {
    const gap = (): number => (-Math.log(uniform()) * 1000) / (load * CAPACITY);
    let atMs = end + gap();
    for (end += seconds * 1000; atMs < end; atMs += gap()) {
      const route = uniform() <= slowShare ? "slow" : "fast";
      const workMs = WORK_MS[route] * (0.5 + uniform());
      const user = `user-${random.nextU32() % USERS}`;
      requests.push({
        atMs,
        workMs,
        request: requestText(`/${route}`, { "x-user": user, "x-work-ms": workMs.toFixed(2) }),
      });
    }
  }
  return requests;
}
