import type { Limiter } from "../limiter.js";

/**
 * A rate that somebody configured, one bucket for all workers: Envoy's local_ratelimit, whose bucket fills
 * continuously and exactly.
 */
export class Quota implements Limiter {
  #tokens: number;
  #atMs = 0;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  admit(nowMs: number): boolean {
    this.#tokens = Math.min(this.burst, this.#tokens + ((nowMs - this.#atMs) * this.perSecond) / 1000);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  done(): void {
    // Nothing is learnt.
  }

  limit(): undefined {
    return undefined;
  }
}
