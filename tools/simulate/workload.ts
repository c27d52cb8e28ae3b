import type { SimRequest } from "./limiter.js";
import { Random } from "./random.js";
import { capacityPerSecond, type Phase, type Scenario } from "./scenario.js";

/** Share of the first worker when the spread is skewed. */
const SKEW = 0.7;

/** Open-loop arrivals: clients come whether or not others are served. */
export class Workload {
  ratePerSecond = 0;
  readonly #random: Random;
  /** Apart from what clients do, so that a stall changes no request. */
  readonly #stalls: Random;
  readonly #workers: number[];
  readonly #shares: number[];
  #mix: readonly number[];
  #failing = 0;
  #count = 0;

  constructor(
    private readonly scenario: Scenario,
    workers: number,
    seed: number,
  ) {
    this.#random = new Random(seed);
    this.#stalls = new Random(seed + 1);
    this.#workers = workerWeights(scenario, workers);
    this.#shares = scenario.priorities.map(({ share }) => share);
    this.#mix = scenario.routes.map(() => 1);
  }

  begin({ load, rate, mix, failing }: Phase): void {
    this.#mix = mix ?? this.#mix;
    this.#failing = failing ?? this.#failing;
    if (load !== undefined) this.ratePerSecond = load * capacityPerSecond(this.scenario, this.#mix);
    if (rate !== undefined) this.ratePerSecond = rate;
  }

  /** Milliseconds until the next request. */
  gapMs(): number {
    return this.#random.exponential(1000 / this.ratePerSecond);
  }

  /** Milliseconds until no worker runs for a moment, and how long that is. */
  stall(perSecond: number): { inMs: number; forMs: number } {
    return { inMs: this.#stalls.exponential(1000 / perSecond), forMs: 5 + 45 * this.#stalls.next() };
  }

  request(arrivedMs: number): SimRequest {
    const random = this.#random;
    const { routes, users, priorities } = this.scenario;
    const route = random.weighted(this.#mix);
    const { path, service } = routes[route]!;
    return {
      number: this.#count++,
      arrivedMs,
      route,
      path,
      workMs: random.draw(service),
      user: users > 0 ? random.below(users) : undefined,
      priority: priorities.length > 0 ? priorities[random.weighted(this.#shares)]!.name : undefined,
      worker: random.weighted(this.#workers),
      fails: random.next() < this.#failing,
      admittedMs: 0,
      inflight: 0,
      unloadedMs: 0,
      over: false,
    };
  }
}

function workerWeights({ spread }: Scenario, workers: number): number[] {
  const others = workers - 1;
  if (spread === "even" || others === 0) return new Array<number>(workers).fill(1);
  const first = spread === "one" ? 1 : SKEW;
  return [first, ...new Array<number>(others).fill((1 - first) / others)];
}
