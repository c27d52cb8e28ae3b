import type { Ending, Limiter, SimRequest } from "../limiter.js";
import type { Random } from "../random.js";

const WINDOW_MS = 30_000;
const BUCKET_MS = 1000;
const THRESHOLD = 0.95;
const AGGRESSION = 1;
const MOST_REJECTED = 0.8;

/** Requests and successes of the last 30 seconds, by the second. */
class History {
  requests = 0;
  successes = 0;
  readonly #buckets: { sinceMs: number; requests: number; successes: number }[] = [];

  add(nowMs: number, success: boolean): void {
    this.forget(nowMs);
    let last = this.#buckets.at(-1);
    if (!last || nowMs - last.sinceMs >= BUCKET_MS) {
      this.#buckets.push((last = { sinceMs: nowMs, requests: 0, successes: 0 }));
    }
    last.requests++;
    this.requests++;
    if (!success) return;
    last.successes++;
    this.successes++;
  }

  forget(nowMs: number): void {
    while (this.#buckets.length > 0 && nowMs - this.#buckets[0]!.sinceMs >= WINDOW_MS) {
      const { requests, successes } = this.#buckets.shift()!;
      this.requests -= requests;
      this.successes -= successes;
    }
  }
}

/**
 * Envoy's admission_control with its defaults, a history for each worker: rejects with the probability
 * (requests - successes / 0.95) / (requests + 1), at most 0.8. A client that leaves is no failure to it.
 */
export class AdmissionControl implements Limiter {
  readonly #histories: History[];

  constructor(
    workers: number,
    private readonly random: Random,
  ) {
    this.#histories = Array.from({ length: workers }, () => new History());
  }

  admit(nowMs: number, { worker }: SimRequest): boolean {
    const history = this.#histories[worker]!;
    history.forget(nowMs);
    const { requests, successes } = history;
    const excess = Math.max(0, (requests - successes / THRESHOLD) / (requests + 1));
    return this.random.next() >= Math.min(MOST_REJECTED, excess ** (1 / AGGRESSION));
  }

  done(nowMs: number, { worker }: SimRequest, _latencyMs: number, ending: Ending): void {
    if (ending !== "gone") this.#histories[worker]!.add(nowMs, ending === "ok");
  }

  limit(): undefined {
    return undefined;
  }
}
