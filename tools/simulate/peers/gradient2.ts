import type { Ending } from "../limiter.js";
import { InFlightLimiter } from "./in-flight-limiter.js";

const LEAST = 20;
const MOST = 200;
const QUEUE = 4;
const SMOOTHING = 0.2;
const TOLERANCE = 1.5;
const LONG_WINDOW = 600;
const WARM_UP = 10;

/**
 * Gradient2 as in Netflix' concurrency-limits (Gradient2Limit, its defaults), for every sample: the limit follows
 * tolerance * long / short, held between 0.5 and 1, where long is a moving average over 600 samples.
 */
export class Gradient2 extends InFlightLimiter {
  #limit = LEAST;
  #longMs = 0;
  #samples = 0;

  protected override current(): number {
    return Math.floor(this.#limit);
  }

  protected override sample(_nowMs: number, latencyMs: number, inflight: number, _ending: Ending): void {
    this.#average(latencyMs);
    if (this.#longMs / latencyMs > 2) this.#longMs *= 0.95;
    if (inflight < this.#limit / 2) return;
    const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * this.#longMs) / latencyMs));
    const wanted = this.#limit * (1 - SMOOTHING) + SMOOTHING * (this.#limit * gradient + QUEUE);
    this.#limit = Math.min(MOST, Math.max(LEAST, wanted));
  }

  /** A plain mean of the first samples, then an exponential one. */
  #average(latencyMs: number): void {
    if (this.#samples++ < WARM_UP) this.#longMs += (latencyMs - this.#longMs) / this.#samples;
    else this.#longMs += (latencyMs - this.#longMs) * (2 / (LONG_WINDOW + 1));
  }
}
