import type { Ending } from "../limiter.js";
import type { Random } from "../random.js";
import { InFlightLimiter, isDrop } from "./in-flight-limiter.js";

const FIRST = 20;
const MOST = 1000;
const PROBE_MULTIPLIER = 30;

/**
 * Vegas as in Netflix' concurrency-limits (VegasLimit, its defaults), for every sample: the queue is estimated as
 * limit * (1 - least latency / latency) and kept between 3 and 6 times the limit's decimal logarithm. The least latency
 * is measured anew now and then, by whatever request is at hand.
 */
export class Vegas extends InFlightLimiter {
  #limit = FIRST;
  #noLoadMs = 0;
  #samples = 0;
  #jitter: number;

  constructor(private readonly random: Random) {
    super();
    this.#jitter = this.#nextJitter();
  }

  protected override current(): number {
    return Math.floor(this.#limit);
  }

  protected override sample(_nowMs: number, latencyMs: number, inflight: number, ending: Ending): void {
    if (++this.#samples >= this.#jitter * PROBE_MULTIPLIER * this.#limit) {
      this.#jitter = this.#nextJitter();
      this.#samples = 0;
      this.#noLoadMs = latencyMs;
    } else if (this.#noLoadMs === 0 || latencyMs < this.#noLoadMs) {
      this.#noLoadMs = latencyMs;
    } else {
      this.#limit = Math.min(MOST, Math.max(1, this.#limit + this.#step(latencyMs, inflight, isDrop(ending))));
    }
  }

  #step(latencyMs: number, inflight: number, dropped: boolean): number {
    const log = Math.max(1, Math.floor(Math.log10(Math.floor(this.#limit))));
    if (dropped) return -log;
    if (2 * inflight < this.#limit) return 0;
    const queue = Math.ceil(this.#limit * (1 - this.#noLoadMs / latencyMs));
    if (queue <= log) return 6 * log;
    if (queue < 3 * log) return log;
    return queue > 6 * log ? -log : 0;
  }

  #nextJitter(): number {
    return 0.5 + this.random.next() / 2;
  }
}
