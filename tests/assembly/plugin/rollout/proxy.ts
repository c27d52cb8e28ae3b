import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { RevertConfig } from "../../../../assembly/plugin/rollout/config";
import { RolloutProgress } from "../../../../assembly/plugin/rollout/progress";
import { Phase, RolloutRecord } from "../../../../assembly/plugin/rollout/record";
import { Outcome } from "../../../../assembly/plugin/rollout/tally";
import { SharedBytes, SharedView } from "../../core/shared-bytes";

export const SECOND: u64 = 1_000_000_000;
const MS: u64 = 1_000_000;
export const FINGERPRINT: u64 = 77;

/** How requests fare under one of the configurations, in parts of 1. */
export class Fate {
  constructor(
    public errors: f64 = 0,
    public rejections: f64 = 0,
  ) {}
}

/** The workers of one proxy, and the requests they see; time passes in steps of a second. */
export class SimulatedProxy {
  readonly bytes: SharedBytes = new SharedBytes();
  readonly workers: RolloutProgress[] = [];
  perSecond: i32 = 20;
  stable: Fate = new Fate();
  fresh: Fate = new Fate();
  nowNs: u64 = 5_000_000 * SECOND;
  seconds: i32 = 0;
  /** How many workers were the one to go back. */
  reverts: i32 = 0;
  private readonly random: Xoshiro256 = new Xoshiro256();

  constructor(
    readonly config: RevertConfig,
    workers: i32,
    seed: u64 = 1,
  ) {
    const seeds = new StaticArray<u64>(4).fill(seed);
    this.random.seed(changetype<usize>(seeds));
    const record = new RolloutRecord(FINGERPRINT, this.nowNs);
    this.bytes.put(record.ptr, record.size);
    for (let i = 0; i < workers; i++) this.join();
  }

  join(): RolloutProgress {
    const worker = workerOf(this, FINGERPRINT);
    this.workers.push(worker);
    return worker;
  }

  /** What all workers agree on; -1 when they do not. */
  get phase(): i32 {
    const phase = this.workers[0].phase;
    for (let i = 1; i < this.workers.length; i++) if (this.workers[i].phase != phase) return -1;
    return phase;
  }

  get isOver(): bool {
    for (let i = 0; i < this.workers.length; i++) if (!this.workers[i].isOver) return false;
    return true;
  }

  /** Seconds pass in which requests go on as the fates say. */
  run(seconds: i32): void {
    for (let i = 0; i < seconds; i++) {
      for (let sent = 0; sent < this.perSecond; sent++) this.send();
      this.tick();
    }
  }

  /** As `run`, until a phase; the seconds it took, or -1 when it took more than `most`. */
  runUntil(phase: Phase, most: i32): i32 {
    for (let i = 0; i <= most; i++) {
      if (this.phase == phase) return i;
      this.run(1);
    }
    return -1;
  }

  tick(): void {
    this.seconds++;
    this.nowNs += SECOND;
    for (let i = 0; i < this.workers.length; i++) {
      const worker = this.workers[i];
      worker.tick(this.nowNs + <u64>i * MS);
      if (worker.watch.isRevert) this.reverts++;
    }
  }

  send(): void {
    const worker = this.workers[<i32>(this.chance() * <f64>this.workers.length)];
    const isNew = worker.phase == Phase.New;
    const fate = isNew ? this.fresh : this.stable;
    const fortune = this.chance();
    const isError = fortune < fate.errors;
    const isRejection = !isError && fortune < fate.errors + fate.rejections;
    worker.note(isNew, isError ? Outcome.Error : isRejection ? Outcome.Rejection : Outcome.Fine);
  }

  chance(): f64 {
    return <f64>(this.random.next() >> 11) / 9007199254740992.0;
  }
}

/** A worker of the proxy that has a rollout. */
export function workerOf(proxy: SimulatedProxy, fingerprint: u64): RolloutProgress {
  return new RolloutProgress(proxy.config, new RolloutRecord(fingerprint, proxy.nowNs), new SharedView(proxy.bytes));
}
