import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { ArmHealth } from "../../../../plugins/canary/health/arm-health";
import { ArmCounts } from "../../../../plugins/canary/health/counts";
import { AbortConfig } from "../../../../plugins/canary/health/config";
import { HealthPlan } from "../../../../plugins/canary/health/plan";
import { Change } from "../../../../plugins/canary/health/watch";
import { SharedBytes, SharedView } from "../../../assembly/core/shared-bytes";

export const SECOND: u64 = 1_000_000_000;
export const MS: u64 = 1_000_000;
export const ARMS: string[] = ["v1", "v2", "v3"];

/** How requests of an arm fare. */
export class Fate {
  /** @param failing share of 1. @param ms median of a latency that is spread by the factor `spread` (1: not at all). */
  constructor(
    public perSecond: i32 = 0,
    public failing: f64 = 0,
    public ms: f64 = 20,
    public spread: f64 = 1.5,
  ) {}
}

/** The workers of one proxy, and the requests they see; time passes in steps of a second. */
export class Fleet {
  readonly bytes: SharedBytes = new SharedBytes();
  readonly workers: ArmHealth[] = [];
  readonly fates: Fate[] = [];
  nowNs: u64 = 5_000_000 * SECOND;
  seconds: i32 = 0;
  /** Transitions that workers made. */
  aborts: i32 = 0;
  letIns: i32 = 0;
  /** Requests that failed, of arms that are not the first. */
  failures: i32 = 0;
  /** Memory for tests. */
  readonly counted: ArmCounts = new ArmCounts();
  private readonly random: Xoshiro256 = new Xoshiro256();
  private readonly seeds: StaticArray<u64> = new StaticArray<u64>(4);

  constructor(
    readonly configs: AbortConfig[],
    workers: i32,
    seed: u64 = 1,
  ) {
    for (let i = 0; i <= ARMS.length; i++) this.fates.push(new Fate());
    this.seeds.fill(seed);
    this.random.seed(changetype<usize>(this.seeds));
    const record = new HealthPlan(configs, ARMS).newRecord();
    this.bytes.put(record.ptr, record.size);
    for (let i = 0; i < workers; i++) this.join();
  }

  join(): ArmHealth {
    const worker = new ArmHealth(new HealthPlan(this.configs, ARMS), new SharedView(this.bytes));
    this.workers.push(worker);
    return worker;
  }

  isAborted(arm: i32): bool {
    return this.workers[0].isAborted(arm);
  }

  /** Seconds pass in which requests go on as the fates say, those of an aborted arm excepted. */
  run(seconds: i32): void {
    for (let i = 0; i < seconds; i++) {
      for (let arm = 0; arm < this.fates.length; arm++) this.send(arm);
      this.tick();
    }
  }

  /** As `run`, until the arm is out or in; the seconds it took, or -1 when it took more than `most`. */
  runUntil(arm: i32, isAborted: bool, most: i32): i32 {
    for (let i = 0; i <= most; i++) {
      if (this.isAborted(arm) == isAborted) return i;
      this.run(1);
    }
    return -1;
  }

  tick(): void {
    this.seconds++;
    for (let i = 0; i < this.workers.length; i++) {
      const worker = this.workers[i];
      worker.tick(this.nowNs + <u64>i * MS);
      for (let w = 0; w < worker.plan.watches.length; w++) {
        if (worker.plan.watches[w].change == Change.Aborted) this.aborts++;
        if (worker.plan.watches[w].change == Change.LetIn) this.letIns++;
      }
    }
    this.nowNs += SECOND;
  }

  private send(arm: i32): void {
    const fate = this.fates[arm];
    for (let i = 0; i < fate.perSecond; i++) {
      const worker = this.workers[<i32>(this.chance() * <f64>this.workers.length)];
      if (worker.isAborted(arm)) continue;
      const failed = this.chance() < fate.failing;
      if (failed && arm > 0) this.failures++;
      worker.note(arm, failed, this.latencyNs(fate));
    }
  }

  /** Log-normal, nearly: the sum of twelve numbers from 0 to 1 has the variance 1. */
  private latencyNs(fate: Fate): u64 {
    let normal: f64 = -6;
    for (let i = 0; i < 12; i++) normal += this.chance();
    return <u64>(fate.ms * 1e6 * Math.pow(fate.spread, normal));
  }

  private chance(): f64 {
    return <f64>(this.random.next() >> 11) / 9007199254740992.0;
  }
}

/** v2 beside v1, by failures. */
export function byErrors(): AbortConfig {
  const config = new AbortConfig(1);
  config.moreErrors = 0.05;
  return config;
}

/** v2 beside v1, by the 99th percentile. */
export function byLatency(): AbortConfig {
  const config = new AbortConfig(1);
  config.percentile = 0.99;
  return config;
}
