import type { Ending } from "../limiter.js";
import { InFlightLimiter, isDrop } from "./in-flight-limiter.js";

const LEAST = 20;
const MOST = 200;
const BACKOFF = 0.9;
const TIMEOUT_MS = 5000;

/**
 * Additive increase, multiplicative decrease, as in Netflix' concurrency-limits (AIMDLimit, its defaults): a drop or a
 * timeout takes a tenth off, any other answer adds one when half the limit was in use.
 */
export class Aimd extends InFlightLimiter {
  #limit = LEAST;

  protected override current(): number {
    return this.#limit;
  }

  protected override sample(_nowMs: number, latencyMs: number, inflight: number, ending: Ending): void {
    if (isDrop(ending) || latencyMs > TIMEOUT_MS) this.#limit = Math.floor(this.#limit * BACKOFF);
    else if (2 * inflight >= this.#limit) this.#limit++;
    this.#limit = Math.min(MOST, Math.max(LEAST, this.#limit));
  }
}
