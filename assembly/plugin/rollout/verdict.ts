import { RevertConfig } from "./config";
import { isClearlyMore } from "./excess";
import { Tally } from "./tally";

/** In what the new configuration is worse than the stable one. */
export enum Fault {
  None,
  Errors,
  Rejections,
}

/** What the counts say of the new configuration, and the numbers behind it. */
@final
export class Verdict {
  fault: Fault = Fault.None;
  /** The fault: of so many requests so many, and as many before. */
  requests: f64 = 0;
  count: f64 = 0;
  requestsBefore: f64 = 0;
  countBefore: f64 = 0;

  constructor(private readonly config: RevertConfig) {}

  /** Judges what two windows counted of the new configuration by what was counted of the stable one. Allocates: nothing. */
  judge(earlier: Tally, recent: Tally, stable: Tally): void {
    const config = this.config;
    this.fault = Fault.None;
    this.requests = earlier.requests + recent.requests;
    this.requestsBefore = stable.requests;
    if (this.requests < config.minRequests) return;
    if (this.isMore(earlier.errors + recent.errors, stable.errors, config.moreErrors)) this.fault = Fault.Errors;
    else if (this.isMore(earlier.rejections + recent.rejections, stable.rejections, config.moreRejections))
      this.fault = Fault.Rejections;
  }

  private isMore(count: f64, countBefore: f64, margin: f64): bool {
    this.count = count;
    this.countBefore = countBefore;
    return isClearlyMore(count, this.requests, countBefore, this.requestsBefore, margin);
  }
}
