import { Counter } from "../../../assembly";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { Readings } from "../answer/totals";
import { Concurrency } from "../concurrency/concurrency";
import { EndpointLoads } from "../conditions/endpoint-loads";
import { ReportSignals, reportLoads } from "../conditions/report-signals";
import { RateLimitConfig } from "../config";
import { Shedder } from "../priority/shedder";
import { REPORT_CLASSES } from "../pool/report";
import { LoadReports } from "./load-reports";
import { SharedPoolStore } from "./pool-store";

/** What is watched of the upstream's load, for the limit on requests in flight and for conditions. */
@final
export class LoadWatch {
  readonly concurrency: Concurrency;
  /** Null when requests have no priorities. */
  readonly shedder: Shedder | null;
  readonly signals: ReportSignals;
  readonly reports: LoadReports;
  private readonly loads: EndpointLoads;
  private readonly isLimited: bool;

  /** Only in onConfigure: allocates. */
  constructor(config: RateLimitConfig, scope: string, hostErrors: Counter, chance: Xoshiro256, nowNs: u64) {
    const limit = config.concurrency;
    const hasClasses = limit != null && config.priorities.classes.length > 0;
    const loads = new EndpointLoads(config.signals.metrics);
    const concurrency = new Concurrency(limit, new SharedPoolStore(scope), chance.next() | 1, nowNs);
    this.concurrency = concurrency;
    this.shedder = hasClasses ? new Shedder(config.priorities, chance.next()) : null;
    this.signals = new ReportSignals(concurrency.record, limit != null);
    this.reports = new LoadReports(config.loadReports, loads, hostErrors);
    this.loads = loads;
    this.isLimited = limit != null;
  }

  /** Null when a configuration has nothing that load matters to. Only in onConfigure: allocates. */
  static of(config: RateLimitConfig, scope: string, errors: Counter, chance: Xoshiro256, nowNs: u64): LoadWatch | null {
    const reports = config.loadReports;
    const isWatched = config.concurrency != null || config.signals.signals.length > 0;
    if (!isWatched && !reports.strip && reports.requestFormat == "") return null;
    return new LoadWatch(config, scope, errors, chance, nowNs);
  }

  /** What all workers see. Allocates: nothing. */
  read(readings: Readings): void {
    const concurrency = this.concurrency;
    const merged = concurrency.merged;
    readings.concurrencyLimit = this.isLimited ? concurrency.limit : 0;
    readings.inFlight = merged.fields.inflight;
    readings.latencyP50Ns = merged.percentile(0.5);
    readings.latencyP99Ns = merged.percentile(0.99);
    readings.errorRate = merged.failureShare;
    readings.requestsPerSecond = merged.requestRate;
  }

  /** Call every TICK_MS. Allocates: nothing. */
  tick(nowNs: u64): void {
    reportLoads(this.loads, this.concurrency.own, nowNs);
    this.concurrency.tick(nowNs);
    const shedder = this.shedder;
    if (shedder != null) this.rank(shedder);
  }

  /** Tells the priorities what all workers know, and all workers what this one is asked for. */
  private rank(shedder: Shedder): void {
    const concurrency = this.concurrency;
    const own = concurrency.own;
    const merged = concurrency.merged;
    const pooled = shedder.pooled;
    for (let c = 0; c < REPORT_CLASSES; c++) unchecked((pooled.classes[c] = merged.classDemand(c)));
    pooled.update(merged.fields.carried);
    shedder.tick(concurrency.allowed);
    for (let c = 0; c < shedder.classes; c++) own.setClassDemand(c, own.fields.demand * shedder.demandPart(c));
    own.wantedPart = shedder.wantedPart;
    own.carriedPart = shedder.admittedPart;
  }
}
