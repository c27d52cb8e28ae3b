import { SharedStore } from "../../../assembly/core/shared-store";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { ArmCounts } from "./counts";
import { HealthPlan, UNWATCHED } from "./plan";
import { HealthRecord } from "./record";
import { Change } from "./watch";

/** Tries of one tick, each lost to another worker. */
// @ts-ignore: decorator
@inline
const MAX_TRIES: i32 = 4;

/**
 * How the arms fare, as this worker and all others counted it, and which are taken out for that. What a worker counts it
 * keeps until it is written, so that nothing is lost when others are faster. Memory is fixed at construction.
 */
@final
export class ArmHealth {
  readonly record: HealthRecord;
  private readonly aborted: StaticArray<bool>;
  private readonly arm: ArmCounts = new ArmCounts();
  private readonly baseline: ArmCounts = new ArmCounts();
  private isAlone: bool = false;

  /** @param store null to work alone. Takes over what other workers know. Only at configure: allocates. */
  constructor(
    readonly plan: HealthPlan,
    private readonly store: SharedStore | null,
  ) {
    this.record = plan.newRecord();
    this.aborted = new StaticArray<bool>(plan.places.length);
    this.load();
    this.show();
  }

  /** Whether requests of the arm are counted: `note` them. @param arm index; the number of arms for none. */
  // @ts-ignore: decorator
  @inline
  counts(arm: i32): bool {
    return <u32>arm < <u32>this.plan.places.length && unchecked(this.plan.places[arm]) != UNWATCHED;
  }

  /**
   * Counts a request that is over. Allocates: nothing.
   * @param arm that it was given; the number of arms for none. @param latencyNs of no matter when it failed.
   */
  note(arm: i32, failed: bool, latencyNs: u64): void {
    if (this.counts(arm)) this.plan.pending[unchecked(this.plan.places[arm])].note(failed, latencyNs);
  }

  /** Whether no request is to be given the arm. Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  isAborted(arm: i32): bool {
    return <u32>arm < <u32>this.aborted.length && unchecked(this.aborted[arm]);
  }

  /**
   * Writes what was counted, and takes arms out or lets them in if it is time; `ArmWatch.change` tells of what this
   * worker was the one to do. Call once a second. @returns false when the store failed. Allocates: nothing.
   */
  tick(nowNs: u64): bool {
    this.isAlone = false;
    if (!this.settle(nowNs)) {
      // What the others wrote counts; what was counted here stays for the next time.
      this.forgetChanges();
      this.load();
    }
    this.show();
    return !this.isAlone;
  }

  /** False when other workers were faster each time. */
  private settle(nowNs: u64): bool {
    for (let i = 0; i < MAX_TRIES; i++) {
      const isShared = this.load();
      if (!this.advance(nowNs)) return true;
      const written = isShared ? this.write(nowNs) : SharedWrite.Failed;
      if (written == SharedWrite.Late) continue;
      // Without the store this worker goes by what it counts itself.
      this.isAlone = written == SharedWrite.Failed;
      this.forgetPending();
      return true;
    }
    return false;
  }

  /** Whether there is a record that all share; without one, the last that was known goes on here. */
  private load(): bool {
    const store = this.store;
    return store != null && store.read() && this.record.decode(store.ptr, store.length);
  }

  private write(nowNs: u64): SharedWrite {
    this.record.stamp(nowNs);
    return this.store!.compareAndSet(this.record.ptr, this.record.size);
  }

  /** Adds what is pending and moves all arms on; whether there is anything to write. */
  private advance(nowNs: u64): bool {
    const record = this.record;
    const plan = this.plan;
    let isNew = false;
    for (let i = 0; i < plan.series.length; i++) {
      const series = unchecked(plan.series[i]);
      const pending = unchecked(plan.pending[series.place]);
      if (pending.requests == 0) continue;
      pending.addTo(record.openSlice(i, nowNs / series.sliceNs));
      isNew = true;
    }
    for (let i = 0; i < plan.watches.length; i++) {
      const watch = unchecked(plan.watches[i]);
      const news = unchecked(plan.pending[plan.places[watch.config.arm]]);
      if (watch.step(record, nowNs, news, this.arm, this.baseline)) isNew = true;
    }
    return isNew;
  }

  private forgetPending(): void {
    for (let i = 0; i < this.plan.pending.length; i++) unchecked(this.plan.pending[i]).clear();
  }

  private forgetChanges(): void {
    for (let i = 0; i < this.plan.watches.length; i++) unchecked(this.plan.watches[i]).change = Change.None;
  }

  private show(): void {
    for (let i = 0; i < this.plan.watches.length; i++) {
      const watch = unchecked(this.plan.watches[i]);
      unchecked((this.aborted[watch.config.arm] = watch.isAborted(this.record)));
    }
  }
}
