import { Gauge, TotalCounter } from "../../../assembly";
import { ClassTotals, Readings, RuleTotals } from "../answer/totals";

/** Counters of one rule, and a gauge for each of its conditions. All workers' counters add up. */
@final
export class RuleCounters {
  private readonly admitted: TotalCounter;
  private readonly rejected: TotalCounter;
  private readonly wouldReject: TotalCounter;
  private readonly overflows: TotalCounter;
  private readonly evictions: TotalCounter;
  private readonly leaseCalls: TotalCounter;
  private readonly contentions: TotalCounter;
  private readonly conditions: Gauge[] = [];

  /** Only in onConfigure: allocates. */
  constructor(rule: string, conditions: string[] = []) {
    const prefix = label("rule", rule);
    this.admitted = new TotalCounter(prefix + "tidegate_ratelimit_admitted_total");
    this.rejected = new TotalCounter(prefix + "tidegate_ratelimit_rejected_total");
    this.wouldReject = new TotalCounter(prefix + "tidegate_ratelimit_would_reject_total");
    this.overflows = new TotalCounter(prefix + "tidegate_ratelimit_overflow_total");
    this.evictions = new TotalCounter(prefix + "tidegate_ratelimit_evictions_total");
    this.leaseCalls = new TotalCounter(prefix + "tidegate_ratelimit_lease_calls_total");
    this.contentions = new TotalCounter(prefix + "tidegate_ratelimit_lease_contentions_total");
    for (let i = 0; i < conditions.length; i++) {
      const name = label("condition", conditions[i]) + "tidegate_ratelimit_condition_active";
      this.conditions.push(new Gauge(prefix + name));
    }
  }

  /** Hands on what was counted. Allocates: nothing. */
  flush(totals: RuleTotals): void {
    this.admitted.follow(totals.admitted);
    this.rejected.follow(totals.rejected);
    this.wouldReject.follow(totals.wouldReject);
    this.overflows.follow(totals.overflows);
    this.evictions.follow(totals.evictions);
    this.leaseCalls.follow(totals.leaseCalls);
    this.contentions.follow(totals.contentions);
  }

  /** Shows which condition is active, if any. Allocates: nothing. */
  showConditions(active: i32): void {
    for (let i = 0; i < this.conditions.length; i++) unchecked(this.conditions[i]).record(i == active ? 1 : 0);
  }
}

/** What the limit on requests in flight did, by priority class. */
@final
export class ClassCounters {
  private readonly admitted: TotalCounter;
  private readonly rejected: TotalCounter;
  private readonly wouldReject: TotalCounter;

  /** @param name of the class; "": requests have none. Only in onConfigure: allocates. */
  constructor(name: string) {
    const prefix = (name == "" ? "" : label("class", name)) + "tidegate_ratelimit_concurrency_";
    this.admitted = new TotalCounter(prefix + "admitted_total");
    this.rejected = new TotalCounter(prefix + "rejected_total");
    this.wouldReject = new TotalCounter(prefix + "would_reject_total");
  }

  /** Allocates: nothing. */
  flush(totals: ClassTotals): void {
    this.admitted.follow(totals.admitted);
    this.rejected.follow(totals.rejected);
    this.wouldReject.follow(totals.wouldReject);
  }
}

/**
 * What the workers together see, as gauges. A gauge has one value in the whole process, and each worker sets it: to the
 * merged reading, which is the same for all but for the moment of the merge. 0 for what is not known.
 */
@final
export class ReadingGauges {
  private readonly concurrencyLimit: Gauge = new Gauge("tidegate_ratelimit_concurrency_limit");
  private readonly inFlight: Gauge = new Gauge("tidegate_ratelimit_in_flight");
  private readonly latencyP50: Gauge = new Gauge("tidegate_ratelimit_latency_p50_us");
  private readonly latencyP99: Gauge = new Gauge("tidegate_ratelimit_latency_p99_us");
  private readonly errorRate: Gauge = new Gauge("tidegate_ratelimit_error_rate_ppm");
  private readonly requests: Gauge = new Gauge("tidegate_ratelimit_requests_per_second");

  /** Six host calls. Allocates: nothing. */
  show(readings: Readings): void {
    this.concurrencyLimit.record(whole(readings.concurrencyLimit));
    this.inFlight.record(whole(readings.inFlight));
    this.latencyP50.record(whole(readings.latencyP50Ns / 1000));
    this.latencyP99.record(whole(readings.latencyP99Ns / 1000));
    this.errorRate.record(whole(readings.errorRate * 1_000_000));
    this.requests.record(whole(readings.requestsPerSecond));
  }
}

/** The nearest whole number; 0 for none, and for what a gauge cannot hold. */
function whole(value: f64): u64 {
  return value >= 0 && value < 9e18 ? <u64>(value + 0.5) : 0;
}

/** proxy-wasm metrics have no labels; the name carries them as Istio's own metrics do. */
function label(name: string, value: string): string {
  return `${name}=.=${value};.;`;
}
