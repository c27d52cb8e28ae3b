import { LATENCY_BUCKETS } from "../../../assembly/core/log-histogram";
import { ControlRecord } from "../pool/control";
import { WorkerReport } from "../pool/report";
import { EndpointLoads, MAX_AGE_NS } from "./endpoint-loads";
import { Signal, SignalSource } from "./signals";

/** What all workers wrote together is not current any more after this time without a round. */
// @ts-ignore: decorator
@inline
const STALE_NS: i64 = 3_000_000_000;
const MAX_AGE_SECONDS: f64 = <f64>MAX_AGE_NS / 1e9;
/** Timed requests, those of a while ago counting for less, below which nothing is said of latency. */
// @ts-ignore: decorator
@inline
const MIN_TIMED: f64 = 1;
/** Shares of the requests, by the numbers of `Signal`. */
const PERCENTILES: f64[] = [0.5, 0.75, 0.9, 0.95, 0.99];

/**
 * The signals as all workers know them together, of about the last five seconds. Unknown is, besides what nobody has
 * seen: everything, when the last round of the workers is over 3 s ago; the limit, when there is none.
 */
@final
export class ReportSignals extends SignalSource {
  private nowNs: u64 = 0;

  /** @param limited whether concurrency is limited. */
  constructor(
    private readonly control: ControlRecord,
    private readonly limited: bool,
  ) {
    super();
  }

  /** Before each refresh. */
  at(nowNs: u64): ReportSignals {
    this.nowNs = nowNs;
    return this;
  }

  value(signal: i32): f64 {
    const control = this.control;
    const fields = control.fields;
    const merged = control.merged;
    const age = <i64>(this.nowNs - fields.atNs);
    if (age > STALE_NS) return NaN;
    if (signal <= Signal.LatencyMean) return latency(merged, signal);
    if (signal >= Signal.Load) return youngLoad(merged, signal - Signal.Load);
    switch (signal) {
      case Signal.ErrorRate:
        return merged.failureShare;
      case Signal.InFlight:
        return merged.fields.inflight;
      case Signal.RequestRate:
        return merged.requestRate;
      case Signal.RejectedRate:
        return merged.rejectedShare;
      case Signal.ConcurrencyLimit:
        return this.limited ? fields.limit : NaN;
      case Signal.ConcurrencyUtilization:
        return this.limited ? merged.fields.inflight / fields.limit : NaN;
      default:
        return NaN;
    }
  }
}

function latency(report: WorkerReport, signal: i32): f64 {
  let timed: f64 = 0;
  for (let i = 0; i < LATENCY_BUCKETS; i++) timed += <f64>load<f32>(report.buckets + ((<usize>i) << 2));
  if (timed < MIN_TIMED) return NaN;
  return signal == Signal.LatencyMean ? report.meanLatency : report.percentile(unchecked(PERCENTILES[signal]));
}

function youngLoad(report: WorkerReport, metric: i32): f64 {
  return report.loadAge(metric) <= MAX_AGE_SECONDS ? report.load(metric) : NaN;
}

/** Writes what this worker's endpoints report into its own report. Each tick, before that is published. */
export function reportLoads(loads: EndpointLoads, report: WorkerReport, nowNs: u64): void {
  for (let metric = 0; metric < loads.count; metric++) {
    const value = loads.value(metric, nowNs);
    report.setLoad(metric, value, loads.age);
  }
}
