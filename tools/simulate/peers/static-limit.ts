import { InFlightLimiter } from "./in-flight-limiter.js";

/** A number of requests in flight that somebody configured, as a circuit breaker's. Infinity: no limit at all. */
export class StaticLimit extends InFlightLimiter {
  constructor(private readonly most: number) {
    super();
  }

  protected override current(): number {
    return this.most;
  }

  protected override sample(): void {
    // Nothing is learnt.
  }
}
