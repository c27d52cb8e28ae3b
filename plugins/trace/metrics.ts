import { Counter } from "../../assembly";
import { Decision } from "./policy";

/**
 * The plugin's counters in Envoy's statistics. A request counts in one of the first four, or in none if it had no
 * context and got none.
 */
@final
export class TraceMetrics {
  private readonly continued: Counter = new Counter("tidegate_trace_continued_total");
  private readonly started: Counter = new Counter("tidegate_trace_started_total");
  private readonly repaired: Counter = new Counter("tidegate_trace_repaired_total");
  private readonly distrusted: Counter = new Counter("tidegate_trace_distrusted_total");
  private readonly hostErrors: Counter = new Counter("tidegate_trace_host_errors_total");

  /** Counts a request. Allocates: nothing. */
  count(decision: Decision): void {
    switch (decision) {
      case Decision.Continue:
        return this.continued.add(1);
      case Decision.Start:
        return this.started.add(1);
      case Decision.Restart:
      case Decision.DropTracestate:
      case Decision.Remove:
        return this.repaired.add(1);
      case Decision.Replace:
      case Decision.Discard:
        return this.distrusted.add(1);
      default:
    }
  }

  /** Counts a host call that did not do what it is for. Allocates: nothing. */
  countHostError(): void {
    this.hostErrors.add(1);
  }

  /** Hands on what was counted since the last time. Allocates: nothing. */
  flush(): void {
    this.continued.flush();
    this.started.flush();
    this.repaired.flush();
    this.distrusted.flush();
    this.hostErrors.flush();
  }
}
