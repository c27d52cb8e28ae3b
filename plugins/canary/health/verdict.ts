import { latencyCountAbove, latencyPercentile } from "../../../assembly/core/log-histogram";
import { AbortConfig } from "./config";
import { ArmCounts } from "./counts";
import { exceeds } from "./excess";

/** What is wrong with an arm. */
export enum Fault {
  None,
  /** Too many of its requests fail. */
  Errors,
  /** Too many of them are slow. */
  Latency,
}

/** What a window says of an arm beside its baseline, and the numbers behind it. */
@final
export class Verdict {
  fault: Fault = Fault.None;
  /** The share of requests that may fail; NaN: there is nothing to measure by. */
  allowedErrors: f64 = NaN;
  /** What the configured share of requests must stay below; NaN: there is nothing to measure by. */
  limitNs: f64 = NaN;
  /** The fault: of so many requests so many, where a share was allowed as the baseline's requests say; 0: as configured. */
  requests: f64 = 0;
  count: f64 = 0;
  allowed: f64 = 0;
  known: f64 = 0;

  constructor(private readonly config: AbortConfig) {}

  /** Allocates: nothing. */
  judge(arm: ArmCounts, baseline: ArmCounts): void {
    this.fault = Fault.None;
    if (this.fails(arm, baseline)) this.fault = Fault.Errors;
    else if (this.isSlow(arm, baseline)) this.fault = Fault.Latency;
  }

  /** Of the arm's timed requests those that are too slow; 0 when there is nothing to measure by. Allocates: nothing. */
  slowOf(arm: ArmCounts): f64 {
    return this.limitNs > 0 ? latencyCountAbove(arm.buckets, this.limitNs) : 0;
  }

  private fails(arm: ArmCounts, baseline: ArmCounts): bool {
    const config = this.config;
    const isKnown = baseline.requests >= config.minRequests;
    this.allowedErrors = isKnown ? baseline.failed / baseline.requests + config.moreErrors : config.mostErrors;
    return this.isBeyond(arm.failed, arm.requests, this.allowedErrors, isKnown ? baseline.requests : 0);
  }

  private isSlow(arm: ArmCounts, baseline: ArmCounts): bool {
    const config = this.config;
    const isKnown = baseline.timed >= config.minRequests;
    this.limitNs = isKnown ? this.slowFrom(baseline) : config.mostNs;
    // Without a limit `slowOf` finds none.
    return this.isBeyond(this.slowOf(arm), arm.timed, 1 - config.percentile, isKnown ? baseline.timed : 0);
  }

  private slowFrom(baseline: ArmCounts): f64 {
    const usualNs = latencyPercentile(baseline.buckets, this.config.percentile);
    return max<f64>(usualNs * this.config.times, usualNs + this.config.moreNs);
  }

  private isBeyond(count: f64, requests: f64, allowed: f64, known: f64): bool {
    if (requests < this.config.minRequests) return false;
    if (!exceeds(count, requests, allowed, known > 0 ? known : Infinity)) return false;
    this.requests = requests;
    this.count = count;
    this.allowed = allowed;
    this.known = known;
    return true;
  }
}
