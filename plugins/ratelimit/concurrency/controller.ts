import { ControlFields } from "../pool/control";
import { WorkerReport } from "../pool/report";
import { ConcurrencyConfig } from "./config";

/** What the controller is about to find out. */
export const enum Phase {
  Steady,
  /** The limit was cut, or lowered for a look: requests from before must go. */
  Draining,
  /** As before; what is measured now decides. */
  Measuring,
  LookDraining,
  LookMeasuring,
}

// @ts-ignore: decorator
@inline
const LEAST_WINDOW_NS: i64 = 90_000_000;
// @ts-ignore: decorator
@inline
const MOST_WINDOW_NS: i64 = 10_000_000_000;
// @ts-ignore: decorator
@inline
const LEAST_SAMPLES: f64 = 30;
/** log2(1.4): requests may take so much longer than without queueing. */
// @ts-ignore: decorator
@inline
const TARGET: f64 = 0.485;
// @ts-ignore: decorator
@inline
const LOOK_NS: i64 = 10_000_000_000;
/** Requests in flight that are always allowed as long as nothing is limited. */
// @ts-ignore: decorator
@inline
const IDLE_LIMIT: f64 = 64;

/** Finds how many requests may be in flight. Has no state but that of the record: any worker goes on where another was. */
@final
export class Controller {
  constructor(private readonly config: ConcurrencyConfig) {}

  /** One round: `fields` has the sums of the window so far, `merged` what is now. Allocates: nothing. */
  step(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    fields.peak = max<f64>(fields.peak, merged.fields.peak);
    const lengthNs = <i64>(nowNs - fields.windowNs);
    if (lengthNs < 0) return this.begin(fields, nowNs);
    if (fields.phase == Phase.Draining || fields.phase == Phase.LookDraining) {
      const gone = fields.finished + fields.abandoned >= fields.beforePeak;
      if (!gone && lengthNs < MOST_WINDOW_NS) return;
      fields.phase += 1;
      return this.begin(fields, nowNs);
    }
    if (lengthNs < LEAST_WINDOW_NS) return;
    if (fields.samples < LEAST_SAMPLES && lengthNs < MOST_WINDOW_NS) return;
    if (fields.samples >= 5) this.decide(fields, merged, nowNs);
    else this.rest(fields);
    if (!(fields.limit >= this.config.minLimit)) fields.limit = this.config.minLimit;
    if (!(fields.limit <= this.config.maxLimit)) fields.limit = this.config.maxLimit;
    this.begin(fields, nowNs);
  }

  private begin(fields: ControlFields, nowNs: u64): void {
    fields.windowNs = nowNs;
    fields.offered = 0;
    fields.rejected = 0;
    fields.finished = 0;
    fields.known = 0;
    fields.failed = 0;
    fields.abandoned = 0;
    fields.samples = 0;
    fields.sumLog = 0;
    fields.sumSquares = 0;
    fields.peak = 0;
  }

  private decide(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    const count = fields.samples;
    const mean = fields.sumLog / count;
    const variance = max<f64>(0, fields.sumSquares / count - mean * mean);
    if (!(Math.abs(mean) < 64) || !(variance < 4096)) return;
    const error = Math.sqrt(variance / count) + 0.02;
    if (fields.phase == Phase.Measuring) return this.judgeCut(fields, mean, error, nowNs);
    if (fields.phase == Phase.LookMeasuring) return this.judgeLook(fields, mean, error, nowNs);
    const jump = Math.abs(mean - fields.excess) / (3 * error);
    fields.excess += (mean - fields.excess) * min<f64>(1, max<f64>(0.25, jump));
    const limited = fields.rejected > 0;
    if (!limited) return this.rest(fields);
    if (fields.limited == 0) {
      fields.limited = 1;
      fields.probeNs = nowNs + 1_000_000_000;
    }
    if (<i64>(nowNs - fields.probeNs) >= 0) return this.look(fields, merged, nowNs);
    const room = TARGET + (1 - min<f64>(1, (fields.rejected / fields.offered) * 10)) * TARGET;
    const wanted = room - fields.excess;
    if (wanted < -0.5) return this.cut(fields, merged, wanted, nowNs);
    fields.limit *= Math.pow(2, wanted > 0.4 ? min<f64>(1, 2 * wanted) : wanted * 0.5);
  }

  /** Nothing is limited: the limit stays well above what is in flight. */
  private rest(fields: ControlFields): void {
    fields.limited = 0;
    fields.busyPeak = max<f64>(fields.peak, fields.busyPeak * 0.995);
    const wanted = max<f64>(IDLE_LIMIT, 4 * fields.busyPeak);
    if (fields.limit < wanted) fields.limit = wanted;
    else fields.limit = max<f64>(wanted, fields.limit * 0.99);
  }

  private cut(fields: ControlFields, merged: WorkerReport, wanted: f64, nowNs: u64): void {
    fields.phase = Phase.Draining;
    fields.beforeLimit = fields.limit;
    fields.beforeExcess = fields.excess;
    fields.beforePeak = merged.fields.inflight;
    fields.limit *= Math.pow(2, max<f64>(-2, wanted));
    fields.limit = max<f64>(this.config.minLimit, fields.limit);
  }

  private look(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    fields.phase = Phase.LookDraining;
    fields.beforeLimit = fields.limit;
    fields.beforeExcess = fields.excess;
    fields.beforePeak = merged.fields.inflight;
    fields.limit *= Math.pow(2, min<f64>(-0.5, -fields.excess - 0.5));
    fields.limit = max<f64>(this.config.minLimit, fields.limit);
  }

  private judgeCut(fields: ControlFields, mean: f64, error: f64, nowNs: u64): void {
    fields.phase = Phase.Steady;
    const depth = Math.log2(fields.beforeLimit / fields.limit);
    const gained = fields.beforeExcess - mean;
    if (depth > 0.3 && gained < 0.35 * depth && mean > TARGET) {
      fields.shift += mean;
      fields.excess = 0;
      fields.limit = fields.beforeLimit * 0.9;
      return;
    }
    fields.excess = mean;
  }

  private judgeLook(fields: ControlFields, mean: f64, error: f64, nowNs: u64): void {
    fields.phase = Phase.Steady;
    fields.probeNs = nowNs + <u64>LOOK_NS;
    const depth = Math.log2(fields.beforeLimit / fields.limit);
    const gained = fields.beforeExcess - mean;
    let shift: f64 = 0;
    if (mean < -2 * error) shift = mean;
    else if (mean < 2 * error) shift = 0.2 * mean;
    else if (depth > 0.3 && gained < 0.35 * depth) shift = 0.5 * mean;
    fields.shift += shift;
    fields.excess = fields.beforeExcess - shift;
    fields.limit = fields.beforeLimit;
    if (shift < -0.2) fields.probeNs = nowNs + 300_000_000;
  }
}
