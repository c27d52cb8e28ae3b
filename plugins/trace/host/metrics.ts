import { Counter } from "../../../assembly";
import { Outcome } from "../propagation/propagator";

/** Names of the counters of outcomes, by Outcome; a request without a context that gets none is not counted. */
const OUTCOMES: string[] = ["", "continued", "converted", "started", "joined", "repaired", "distrusted"];

/** The plugin's counters in Envoy's statistics. */
@final
export class TraceMetrics {
  private readonly outcomes: (Counter | null)[] = [];
  private readonly sampled: Counter = new Counter("tidegate_trace_sampled_total");
  readonly baggageDropped: Counter = new Counter("tidegate_trace_baggage_dropped_total");
  readonly hostErrors: Counter = new Counter("tidegate_trace_host_errors_total");

  constructor() {
    for (let i = 0; i < OUTCOMES.length; i++) {
      this.outcomes.push(i == Outcome.Passed ? null : new Counter(`tidegate_trace_${OUTCOMES[i]}_total`));
    }
  }

  /** Counts a request. Allocates: nothing. */
  count(outcome: Outcome, isSampled: bool): void {
    const counter = unchecked(this.outcomes[outcome]);
    if (counter != null) counter.add(1);
    if (isSampled) this.sampled.add(1);
  }

  /** Hands on what was counted since the last time. Allocates: nothing. */
  flush(): void {
    for (let i = 1; i < this.outcomes.length; i++) this.outcomes[i]!.flush();
    this.sampled.flush();
    this.baggageDropped.flush();
    this.hostErrors.flush();
  }
}
