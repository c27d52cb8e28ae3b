import { ConcurrencyConfig } from "../../../../plugins/ratelimit/concurrency/config";
import { Controller } from "../../../../plugins/ratelimit/concurrency/controller";
import { ControlFields, ControlRecord } from "../../../../plugins/ratelimit/pool/control";

const ROUND_NS: u64 = 50_000_000;
const ROUND: f64 = 0.05;

/** Servers with a queue before them, in whole rounds and without chance, and the controller that limits it. */
export class LimitedUpstream {
  readonly config: ConcurrencyConfig;
  readonly record: ControlRecord;
  private readonly controller: Controller;
  nowNs: u64 = 1_000_000_000_000;
  servers: f64 = 16;
  serviceMs: f64 = 16;
  /** Requests a second. */
  offered: f64 = 800;
  failing: f64 = 0;
  /** What the workers take for usual. */
  usualMs: f64 = 16;
  /** Requests turned away in the last `run`, of all. */
  rejectedShare: f64 = 0;
  goodput: f64 = 0;
  private shift: f64 = 0;
  private adoptions: f64 = 0;

  constructor() {
    const config = new ConcurrencyConfig();
    const record = new ControlRecord();
    this.config = config;
    this.record = record;
    this.controller = new Controller(config);
    record.clear(this.nowNs, config.initialLimit);
    record.fields.workers = 1;
  }

  get fields(): ControlFields {
    return this.record.fields;
  }

  get limit(): f64 {
    return this.record.fields.limit;
  }

  run(seconds: f64): void {
    let rejected: f64 = 0;
    let offered: f64 = 0;
    let served: f64 = 0;
    for (let i = 0; i < <i32>(seconds / ROUND); i++) {
      const servedNow = this.round();
      rejected += this.offered * ROUND - servedNow;
      offered += this.offered * ROUND;
      served += servedNow;
    }
    this.rejectedShare = max<f64>(0, rejected / offered);
    this.goodput = served / seconds / min<f64>(this.offered, (this.servers * 1000) / this.serviceMs);
  }

  /** @returns requests served. */
  private round(): f64 {
    const fields = this.fields;
    const capacity = (this.servers * 1000) / this.serviceMs;
    const enough = (this.offered * this.serviceMs) / 1000;
    const isLimited = this.offered > capacity || enough > fields.limit;
    const inflight = isLimited ? fields.limit : enough;
    const latencyMs = max<f64>(this.serviceMs, (inflight * 1000) / capacity);
    const served = min<f64>(this.offered, (inflight * 1000) / latencyMs) * ROUND;
    fields.offered += this.offered * ROUND;
    fields.rejected += isLimited ? this.offered * ROUND - served : 0;
    fields.finished += served;
    fields.known += served;
    fields.failed += served * this.failing;
    const excess = Math.log2((latencyMs + this.usualMs) / (2 * this.usualMs));
    fields.samples += served;
    fields.sumLog += served * excess;
    fields.sumSquares += served * excess * excess;
    fields.area += inflight * ROUND;
    this.record.merged.fields.inflight = inflight;
    this.nowNs += ROUND_NS;
    this.controller.step(fields, this.record.merged, this.nowNs);
    this.follow(latencyMs);
    return served;
  }

  /** As workers do. */
  private follow(latencyMs: f64): void {
    const fields = this.fields;
    if (fields.adoptions != this.adoptions) this.usualMs = latencyMs;
    this.usualMs *= Math.pow(2, fields.shift - this.shift);
    this.adoptions = fields.adoptions;
    this.shift = fields.shift;
  }
}
