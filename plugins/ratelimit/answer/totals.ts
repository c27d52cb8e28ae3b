/** What a rule has counted since it was configured; only ever grows. */
@final
export class RuleTotals {
  /** Requests admitted and debited by the rule. */
  admitted: u64 = 0;
  /** Requests that the rule turned away. */
  rejected: u64 = 0;
  /** Requests that it would have turned away if it were enforced. */
  wouldReject: u64 = 0;
  /** Requests admitted from the bucket of keys that found no slot. */
  overflows: u64 = 0;
  /** Slots that another key took, each from a key that owed nothing. */
  evictions: u64 = 0;
  /** Reads and writes of shared data. */
  leaseCalls: u64 = 0;
  /** Writes of shared data that another worker was before. */
  contentions: u64 = 0;
}

/** What the limit on requests in flight did to the requests of one priority class, or to all; only ever grows. */
@final
export class ClassTotals {
  admitted: u64 = 0;
  rejected: u64 = 0;
  wouldReject: u64 = 0;
}

/** What all workers together see, as of the latest merge. NaN: not known. */
@final
export class Readings {
  /** Requests that may be in flight at once; 0: no limit is configured. */
  concurrencyLimit: f64 = NaN;
  inFlight: f64 = NaN;
  latencyP50Ns: f64 = NaN;
  latencyP99Ns: f64 = NaN;
  /** 0 to 1. */
  errorRate: f64 = NaN;
  requestsPerSecond: f64 = NaN;
}
