import { RuleConditions } from "./rule-conditions";
import { SignalSource, SignalTable } from "./signals";
import { TickDelay } from "./tick-delay";

/** Most time that one tick counts for. After a pause nobody knows what was true meanwhile. */
// @ts-ignore: decorator
@inline
const MAX_STEP_NS: i64 = 1_000_000_000;

/** The conditions of all rules of a configuration at work. */
@final
export class Conditions {
  private lastNs: u64 = 0;
  private readonly delay: TickDelay = new TickDelay();

  /** @param rules those that have conditions. */
  constructor(
    readonly signals: SignalTable,
    readonly rules: RuleConditions[],
  ) {}

  /**
   * Call every TICK_MS.
   * @param nowNs of a monotonic clock; a step back counts as no time. @param wallNs of the wall clock, 0 for none.
   * @returns whether a quota changed. Allocates: a Quota for each rule whose quota moves.
   */
  tick(nowNs: u64, wallNs: u64, source: SignalSource): bool {
    const elapsedNs = this.lastNs == 0 ? 0 : max<i64>(0, min<i64>(MAX_STEP_NS, <i64>(nowNs - this.lastNs)));
    this.lastNs = nowNs;
    this.signals.refresh(source, this.delay.at(nowNs), wallNs);
    let changed = false;
    for (let i = 0; i < this.rules.length; i++) {
      if (unchecked(this.rules[i]).tick(elapsedNs, this.signals)) changed = true;
    }
    return changed;
  }
}
