import { ControlFields, ControlRecord } from "../pool/control";
import { Pool } from "../pool/pool";
import { WorkerReport } from "../pool/report";
import { PoolStore } from "../pool/store";
import { LatencyClasses } from "./classes";
import { ConcurrencyConfig } from "./config";
import { Controller } from "./controller";

/** How a request ended, as far as it is known. */
export enum Outcome {
  /** An answer came, and nobody looked which. */
  Unread,
  Fine,
  /** The answer was a failure of the upstream. */
  Failed,
  /** The stream ended without an answer: the client left, or the proxy gave up. */
  Abandoned,
}

/** A gap between two calls in which a worker that runs ticks several times. */
// @ts-ignore: decorator
@inline
const PAUSE_NS: u64 = 1_000_000_000;
/** A latency beyond this is none. */
// @ts-ignore: decorator
@inline
const MAX_LATENCY_NS: u64 = 3_600_000_000_000;
/** Requests a second and worker that are looked at, about: of more, one of several. */
// @ts-ignore: decorator
@inline
const SAMPLED_RATE: f64 = 400;
// @ts-ignore: decorator
@inline
const MOST_SKIPPED: f64 = 32;
// @ts-ignore: decorator
@inline
const LEARN_NS: u64 = 1_000_000_000;
// @ts-ignore: decorator
@inline
const FADE_NS: u64 = 10_000_000_000;

/**
 * Requests in flight of one worker, their limit, and what all workers know of load. For each request: `samples`,
 * `admits`, then if it is let in `enter` and once `leave`. Every 50 ms: `tick`. Allocates nothing after construction.
 */
@final
export class Concurrency {
  /** Admitted requests whose answer has not come, in this worker. */
  inflight: i32 = 0;
  private readonly pool: Pool;
  private readonly controller: Controller;
  private readonly classes: LatencyClasses = new LatencyClasses();
  private readonly limits: bool;
  private readonly shadow: bool;
  private allowance: f64 = 1;
  private turn: u32 = 0;
  private every: u32 = 1;
  private used: bool = false;
  private follows: bool = false;
  private wasLimited: bool = false;
  private seenShift: f64 = 0;
  private seenAdoptions: f64 = 0;
  private seenMarks: f64 = 0;
  /** Requests that came before are not timed: their time is that of a pause. */
  private timedFromNs: u64 = 0;
  private aliveNs: u64;
  private finishedAtTick: f64 = 0;
  private tickNs: u64;
  private learnNs: u64;
  private fadeNs: u64;

  /**
   * @param config null when requests are only watched, for conditions.
   * @param store null for a worker that shares nothing. @param nonce by chance, not 0, another one in each worker.
   */
  constructor(config: ConcurrencyConfig | null, store: PoolStore | null, nonce: u64, nowNs: u64) {
    const settings = config == null ? new ConcurrencyConfig() : config;
    this.limits = config != null;
    this.shadow = settings.shadow;
    this.pool = new Pool(store, nonce, nowNs, settings.initialLimit);
    this.controller = new Controller(settings);
    this.allowance = settings.initialLimit;
    this.aliveNs = nowNs;
    this.tickNs = nowNs;
    this.learnNs = nowNs;
    this.fadeNs = nowNs;
  }

  /** Requests in flight that all workers may have together. */
  get limit(): f64 {
    return this.pool.control.fields.limit;
  }

  /** What all workers report together, up to a twentieth of a second ago. */
  get merged(): WorkerReport {
    return this.pool.control.merged;
  }

  /** Whether a request came to this worker: Envoy's main thread has one to which none ever does. */
  get isUsed(): bool {
    return this.used;
  }

  /** Requests in flight that this worker may have now. */
  get allowed(): f64 {
    return this.allowance;
  }

  /** Whether one more request in flight would be more than this worker may have. */
  get isFull(): bool {
    return this.limits && <f64>(this.inflight + 1) > this.allowance;
  }

  /** What all workers follow, as this one knows it. */
  get record(): ControlRecord {
    return this.pool.control;
  }

  /** State of the controller, for those who look. */
  get control(): ControlFields {
    return this.pool.control.fields;
  }

  /** What this worker reports; for `setLoad`. */
  get own(): WorkerReport {
    return this.pool.own;
  }

  /** Whether the next request is to be timed and its status read; ask once a request. Allocates: nothing. */
  samples(): bool {
    if (++this.turn < this.every) return false;
    this.turn = 0;
    return true;
  }

  /**
   * Call before the first request: if the others turn requests away, this worker may not begin with a limit of its own.
   * One host call. Allocates: nothing.
   */
  join(nowNs: u64): void {
    if (this.pool.join(nowNs) && this.control.limited > 0) this.allowance = this.pool.allowance;
  }

  /**
   * Whether one more request may enter; counts it as offered. Call `enter` if it does.
   * @param share of the allowance that requests of its priority may fill: 0 to 1. Allocates: nothing.
   */
  admits(share: f64 = 1): bool {
    this.used = true;
    this.pool.own.fields.offered += 1;
    if (!this.limits) return true;
    const allowed = max<f64>(1, this.allowance * share);
    if (<f64>(this.inflight + 1) <= allowed) return true;
    // A request that goes on all the same says nothing of what a limit would bring: in shadow none is ever reached.
    if (!this.shadow) this.pool.own.fields.rejected += 1;
    return false;
  }

  /** A request was let in. @param nowNs 0 when not known. Allocates: nothing. */
  enter(nowNs: u64): void {
    if (nowNs != 0) this.live(nowNs);
    this.inflight++;
  }

  /**
   * A request that entered has got its answer, or ended without one.
   * @param nowNs 0 if not timed. @param latencyNs since it entered, 0 if not timed.
   * @param classHash by `latencyClass`, 0 if not timed. Allocates: nothing.
   */
  leave(nowNs: u64, latencyNs: u64, classHash: u64, outcome: Outcome): void {
    if (nowNs != 0) this.live(nowNs);
    if (this.inflight > 0) this.inflight--;
    const report = this.pool.own;
    const fields = report.fields;
    if (outcome == Outcome.Abandoned) fields.abandoned += 1;
    else fields.finished += 1;
    if (outcome == Outcome.Fine || outcome == Outcome.Failed) fields.known += 1;
    if (outcome == Outcome.Failed) fields.failed += 1;
    if (nowNs == 0 || latencyNs == 0 || latencyNs > MAX_LATENCY_NS) return;
    if (nowNs - latencyNs < this.timedFromNs) return;
    this.time(latencyNs, classHash, outcome);
  }

  private time(latencyNs: u64, classHash: u64, outcome: Outcome): void {
    const report = this.pool.own;
    const fields = report.fields;
    const excess = this.classes.note(classHash, latencyNs, outcome == Outcome.Fine || outcome == Outcome.Unread);
    // Who gave up early says nothing of how long an answer takes.
    if (outcome != Outcome.Abandoned || excess > 0) report.countLatency(latencyNs);
    if (excess != excess) return;
    fields.samples += 1;
    fields.sumLog += excess;
    fields.sumSquares += excess * excess;
  }

  /** Lets time pass. After a pause of the worker, what was in flight then was not slow. */
  private live(nowNs: u64): void {
    const since = <i64>(nowNs - this.aliveNs);
    if (since > <i64>PAUSE_NS || since < -(<i64>PAUSE_NS)) {
      this.timedFromNs = nowNs;
      this.aliveNs = nowNs;
    } else if (since > 0) {
      this.pool.own.fields.area += <f64>this.inflight * <f64>since * 1e-9;
      this.aliveNs = nowNs;
    }
  }

  /**
   * Reports, follows what all workers decide, and decides if it is due. Call every 50 ms.
   * @returns whether `merged` and `limit` are new. Allocates: nothing.
   */
  tick(nowNs: u64): bool {
    this.live(nowNs);
    if (!this.used) return false;
    const seconds = min<f64>(10, max<f64>(0, <f64>(<i64>(nowNs - this.tickNs)) * 1e-9));
    this.tickNs = nowNs;
    this.describe(seconds);
    const round = this.pool.tick(nowNs, this.controller);
    this.follow();
    this.learn(nowNs);
    return round;
  }

  /** Brings the own report up to date. */
  private describe(seconds: f64): void {
    const report = this.pool.own;
    const fields = report.fields;
    report.roll(seconds);
    fields.inflight = <f64>this.inflight;
    const finished = fields.finished - this.finishedAtTick;
    this.finishedAtTick = fields.finished;
    if (seconds > 0) this.every = <u32>min(MOST_SKIPPED, finished / (SAMPLED_RATE * seconds));
  }

  private follow(): void {
    const fields = this.pool.control.fields;
    const classes = this.classes;
    this.allowance = this.pool.allowance;
    const shift = fields.shift - this.seenShift;
    // A worker that comes later has not learnt yet what the others have to change.
    const isChange = this.follows && shift - shift == 0;
    if (isChange && fields.adoptions != this.seenAdoptions) classes.adopt(fields.adopted);
    if (isChange && shift != 0) classes.shift(shift);
    if (fields.marks != this.seenMarks) classes.forget();
    this.follows = true;
    this.seenShift = fields.shift;
    this.seenAdoptions = fields.adoptions;
    this.seenMarks = fields.marks;
  }

  private learn(nowNs: u64): void {
    const isLimited = this.pool.control.fields.limited > 0;
    const since = nowNs - this.learnNs;
    if (isLimited || this.wasLimited) {
      if (!isLimited) this.classes.forget();
      this.wasLimited = isLimited;
      this.learnNs = nowNs;
    } else if (since >= LEARN_NS) {
      this.classes.learn(min<f64>(10, <f64>since * 1e-9));
      this.learnNs = nowNs;
    }
    if (nowNs - this.fadeNs >= FADE_NS) {
      this.classes.fade();
      this.fadeNs = nowNs;
    }
  }
}
