import { SharedStore } from "../../core/shared-store";
import { SharedWrite } from "../../core/shared-write";
import { RevertConfig } from "./config";
import { Phase, RolloutRecord } from "./record";
import { clearTally, noteIn, Outcome, Tally, TALLY_BYTES } from "./tally";
import { RolloutWatch } from "./watch";

/**
 * How far a rollout is on this proxy, as this worker and all others counted it. What a worker counts it keeps until it is
 * written, so that nothing is lost when others are faster. Memory is fixed at construction.
 */
@final
export class RolloutProgress {
  readonly watch: RolloutWatch;
  private readonly pending: StaticArray<u8> = new StaticArray<u8>(2 * <i32>TALLY_BYTES);

  /**
   * Takes over what other workers know. Only at configure: allocates.
   * @param record of a rollout that begins. @param store where all workers have theirs.
   */
  constructor(
    config: RevertConfig,
    private readonly record: RolloutRecord,
    private readonly store: SharedStore,
  ) {
    this.watch = new RolloutWatch(config);
    this.load();
  }

  // @ts-ignore: decorator
  @inline
  get phase(): Phase {
    return this.record.head.phase;
  }

  /** Whether nothing will change any more: `note` and `tick` need not be called. Allocates: nothing. */
  get isOver(): bool {
    return this.watch.isOver(this.record);
  }

  /** Counts an answer. @param isNew whether its stream began under the new configuration. Allocates: nothing. */
  note(isNew: bool, outcome: Outcome): void {
    noteIn(isNew ? this.fresh : this.stable, outcome);
  }

  /**
   * Writes what was counted, and moves on if it is time; `RolloutWatch.isRevert` tells whether this worker was the one to
   * go back. Call once a second. @returns false when the store failed. Allocates: nothing.
   */
  tick(nowNs: u64): bool {
    const watch = this.watch;
    watch.isRevert = false;
    if (this.isOver) return true;
    const isShared = this.load();
    // Another worker may have moved on.
    if (this.isOver || !watch.isDue(this.record, nowNs, this.stable, this.fresh)) return true;
    watch.step(this.record, nowNs, this.stable, this.fresh);
    const written = isShared ? this.store.compareAndSet(this.record.ptr, this.record.size) : SharedWrite.Failed;
    if (written == SharedWrite.Late) {
      // What the others wrote counts; what was counted here stays for the next time.
      watch.isRevert = false;
      this.load();
      return true;
    }
    clearTally(this.stable);
    clearTally(this.fresh);
    // Without the store this worker goes by what it counts itself.
    return written == SharedWrite.Done;
  }

  /** Whether there is a record that all share; without one, the last that was known goes on here. */
  private load(): bool {
    const store = this.store;
    return store.read() && this.record.decode(store.ptr, store.length);
  }

  // @ts-ignore: decorator
  @inline
  private get stable(): Tally {
    return changetype<Tally>(changetype<usize>(this.pending));
  }

  // @ts-ignore: decorator
  @inline
  private get fresh(): Tally {
    return changetype<Tally>(changetype<usize>(this.pending) + TALLY_BYTES);
  }
}
