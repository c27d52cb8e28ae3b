import { RevertConfig } from "./config";
import { Phase, RolloutRecord } from "./record";
import { addTo, Tally } from "./tally";
import { Fault, Verdict } from "./verdict";

// A proxy in the share:
//
//               `baseline` is over and there                `watch` is over and there were
//               were enough requests, or                    enough requests: watched no more
//               `max_baseline` is over
//   baseline  -------------------------------->  new  ------------------------------------------> new
//                                                 |
//                                                 |  clearly more errors or rejections
//                                                 v
//                                              reverted
//
// Time is what workers have seen pass, second by second: neither a step of the clock nor a time in which the proxy was
// not in the share counts. The new configuration is judged by two windows, each as long as the baseline and of enough
// requests: what it breaks late is seen as fast as what it breaks at once, and a moment does not weigh for ever.

/** A second that lasted longer was none that workers saw pass. */
// @ts-ignore: decorator
@inline
const LONGEST_STEP_NS: u64 = 5_000_000_000;
/** So long nobody need write when nothing was counted. */
// @ts-ignore: decorator
@inline
const STEP_NS: u64 = 900_000_000;

/** Moves a rollout on. Memory is fixed at construction. */
@final
export class RolloutWatch {
  readonly verdict: Verdict;
  /** Whether the last `step` went back to the stable configuration. */
  isRevert: bool = false;

  constructor(private readonly config: RevertConfig) {
    this.verdict = new Verdict(config);
  }

  /** Whether nothing will change any more, so that nothing need be counted. Allocates: nothing. */
  isOver(record: RolloutRecord): bool {
    const head = record.head;
    return head.phase == Phase.Reverted || (head.phase == Phase.New && head.isSettled != 0);
  }

  /** Whether there is anything to write. @param pending of the stable and of the new configuration. Allocates: nothing. */
  isDue(record: RolloutRecord, nowNs: u64, stable: Tally, fresh: Tally): bool {
    const atNs = record.head.atNs;
    return stable.requests + fresh.requests > 0 || nowNs < atNs || nowNs - atNs >= STEP_NS;
  }

  /**
   * Goes by what was counted since the last step; not once it is over. Allocates: nothing.
   * @param stable @param fresh counted under the stable and the new configuration.
   */
  step(record: RolloutRecord, nowNs: u64, stable: Tally, fresh: Tally): void {
    const head = record.head;
    const passedNs = nowNs > head.atNs ? min(nowNs - head.atNs, LONGEST_STEP_NS) : 0;
    this.isRevert = false;
    head.atNs = nowNs;
    head.phaseNs += passedNs;
    if (head.phase == Phase.Baseline) this.measure(record, stable);
    else this.watch(record, passedNs, fresh);
  }

  private measure(record: RolloutRecord, stable: Tally): void {
    const head = record.head;
    const config = this.config;
    addTo(record.baseline, stable);
    const isEnough = head.phaseNs >= config.baselineNs && record.baseline.requests >= config.minRequests;
    if (!isEnough && head.phaseNs < config.maxBaselineNs) return;
    head.phase = Phase.New;
    head.phaseNs = 0;
  }

  private watch(record: RolloutRecord, passedNs: u64, fresh: Tally): void {
    const head = record.head;
    const config = this.config;
    addTo(record.recent, fresh);
    head.recentNs += passedNs;
    head.requests += fresh.requests;
    this.verdict.judge(record.earlier, record.recent, record.baseline);
    if (this.verdict.fault != Fault.None) {
      head.phase = Phase.Reverted;
      this.isRevert = true;
      return;
    }
    if (head.phaseNs >= config.watchNs && head.requests >= config.minRequests) head.isSettled = 1;
    if (head.recentNs >= config.baselineNs && record.recent.requests >= config.minRequests) record.turn();
  }
}
