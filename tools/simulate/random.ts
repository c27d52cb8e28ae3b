import { SeededRandom } from "../host/random.js";

/** Durations of a kind of work, by their mean in milliseconds. */
export interface Distribution {
  /** `uniform`: from half of the mean to one and a half of it. */
  kind: "fixed" | "uniform" | "exponential" | "lognormal";
  meanMs: number;
  /** Standard deviation of the logarithm, of a lognormal one. */
  sigma?: number;
}

/** Reproducible random numbers. */
export class Random {
  readonly #bits: SeededRandom;

  constructor(seed: number) {
    this.#bits = new SeededRandom(seed);
  }

  /** From 0 to just below 1. */
  next(): number {
    return this.#bits.nextU32() / 2 ** 32;
  }

  /** A whole number from 0 to just below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** Exponential with this mean: the time between two arrivals of a Poisson process. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  draw({ kind, meanMs, sigma = 1 }: Distribution): number {
    if (kind === "fixed") return meanMs;
    if (kind === "uniform") return meanMs * (0.5 + this.next());
    if (kind === "exponential") return this.exponential(meanMs);
    return meanMs * Math.exp(sigma * this.#normal() - (sigma * sigma) / 2);
  }

  /** An index, chosen in proportion to the weights. */
  weighted(weights: readonly number[]): number {
    let rest = this.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let index = 0; index < weights.length - 1; index++) {
      rest -= weights[index]!;
      if (rest < 0) return index;
    }
    return weights.length - 1;
  }

  /** Box and Muller's transform. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
