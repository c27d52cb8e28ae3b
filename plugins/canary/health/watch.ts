import { AbortConfig } from "./config";
import { ArmCounts } from "./counts";
import { HealthRecord, SLICES, WatchState } from "./record";
import { Fault, Verdict } from "./verdict";

// An arm that is watched:
//
//             the window shows a fault        `dwell` later it is still there
//   let in  ------------------------> doubted ------------------------------> taken out
//      ^ <----------------------------   |                                       |
//      |        it no longer does                                                |
//      +-------------------------------------------------------------------------+
//            after a pause: recover_after, twice as long each time, up to an hour; the window begins anew

/** The longest pause that repeated aborts come to; a longer `recover_after` stays as it is. */
// @ts-ignore: decorator
@inline
const LONGEST_PAUSE_NS: u64 = 3_600_000_000_000;
/** Two workers read the clock and write in another order; by more than this it was set back. */
// @ts-ignore: decorator
@inline
const CLOCK_SLACK_NS: u64 = 10_000_000_000;

/** What a step made of an arm. */
export enum Change {
  None,
  Aborted,
  LetIn,
}

/** One watched arm: reads its state from the record and moves it on. Memory is fixed at construction. */
@final
export class ArmWatch {
  readonly verdict: Verdict;
  readonly sliceNs: u64;
  /** What the last `step` did. */
  change: Change = Change.None;

  /** @param index in the record. @param armSeries @param baseSeries in the record. */
  constructor(
    readonly config: AbortConfig,
    private readonly index: i32,
    private readonly armSeries: i32,
    private readonly baseSeries: i32,
  ) {
    this.verdict = new Verdict(config);
    this.sliceNs = ArmWatch.sliceOf(config);
  }

  /** The length of the slices that a window has SLICES of, in ns. */
  static sliceOf(config: AbortConfig): u64 {
    return config.windowNs / <u64>SLICES;
  }

  /** Whether the record has the arm taken out. Allocates: nothing. */
  isAborted(record: HealthRecord): bool {
    return record.state(this.index).isAborted != 0;
  }

  /** How long the arm is taken out for the time that the record tells of. Allocates: nothing. */
  pauseNs(record: HealthRecord): u64 {
    const aborts = max<u32>(1, record.state(this.index).aborts);
    const longest = max<u64>(LONGEST_PAUSE_NS, this.config.recoverNs);
    // 24 h, doubled 16 times, is within u64.
    return min<u64>(longest, this.config.recoverNs << (<u64>min<u32>(16, aborts - 1)));
  }

  /**
   * Goes by what the record counts. @param news what was counted since the last step and is in the record already.
   * @param arm @param baseline scratch memory. @returns whether the record was changed. Allocates: nothing.
   */
  step(record: HealthRecord, nowNs: u64, news: ArmCounts, arm: ArmCounts, baseline: ArmCounts): bool {
    const state = record.state(this.index);
    this.change = Change.None;
    if (state.isAborted != 0) return this.waits(state, nowNs);
    const slice = nowNs / this.sliceNs;
    arm.window(record, this.armSeries, state.fromSlice, slice);
    baseline.window(record, this.baseSeries, state.fromSlice, slice);
    this.verdict.judge(arm, baseline);
    const isPardoned = this.pardon(record, state, nowNs);
    return this.doubt(record, state, nowNs, news) || isPardoned;
  }

  private waits(state: WatchState, nowNs: u64): bool {
    if (nowNs < state.untilNs && nowNs + CLOCK_SLACK_NS >= state.sinceNs) return false;
    state.isAborted = 0;
    state.sinceNs = nowNs;
    state.badSinceNs = 0;
    state.fromSlice = nowNs / this.sliceNs;
    this.change = Change.LetIn;
    return true;
  }

  /** An arm that was well for as long as it was out last begins with the first pause again. */
  private pardon(record: HealthRecord, state: WatchState, nowNs: u64): bool {
    if (state.aborts == 0 || nowNs < state.sinceNs || nowNs - state.sinceNs < this.pauseNs(record)) return false;
    state.aborts = 0;
    return true;
  }

  private doubt(record: HealthRecord, state: WatchState, nowNs: u64, news: ArmCounts): bool {
    if (this.verdict.fault == Fault.None) {
      const wasBad = state.badSinceNs != 0;
      state.badSinceNs = 0;
      return wasBad;
    }
    if (state.badSinceNs == 0) this.beginDoubt(state, nowNs);
    else this.addNews(state, news);
    if (this.config.dwellNs == 0 || this.isConfirmed(state, nowNs)) this.abort(record, state, nowNs);
    return true;
  }

  private beginDoubt(state: WatchState, nowNs: u64): void {
    state.badSinceNs = max<u64>(1, nowNs);
    state.requests = 0;
    state.failed = 0;
    state.timed = 0;
    state.slow = 0;
  }

  private addNews(state: WatchState, news: ArmCounts): void {
    state.requests += news.requests;
    state.failed += news.failed;
    state.timed += news.timed;
    state.slow += this.verdict.slowOf(news);
  }

  /** The window remembers a moment's fault for long: it must also be there in what came since it was noticed. */
  private isConfirmed(state: WatchState, nowNs: u64): bool {
    if (nowNs < state.badSinceNs || nowNs - state.badSinceNs < this.config.dwellNs) return false;
    return this.verdict.fault == Fault.Errors
      ? state.failed > state.requests * this.verdict.allowedErrors
      : state.slow > state.timed * (1 - this.config.percentile);
  }

  private abort(record: HealthRecord, state: WatchState, nowNs: u64): void {
    state.isAborted = 1;
    state.aborts = min<u32>(1000, state.aborts + 1);
    state.sinceNs = nowNs;
    state.untilNs = nowNs + this.pauseNs(record);
    state.badSinceNs = 0;
    this.change = Change.Aborted;
  }
}
