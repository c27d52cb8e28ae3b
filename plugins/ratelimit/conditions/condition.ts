import { QuotaConfig } from "../quota/config";
import { Program, TRUE } from "./program";
import { SignalTable } from "./signals";

/** Stands for a ramp that was not configured: a fall counts at once, a rise takes DEFAULT_RISE_NS. */
// @ts-ignore: decorator
@inline
export const DEFAULT_RAMP: i64 = -1;

/** A condition of a rule, as configured. Times in ns. */
@final
export class ConditionConfig {
  name: string = "";
  when: Program = new Program();
  /** Null: when `when` is false. */
  until: Program | null = null;
  forNs: i64 = 0;
  holdNs: i64 = 10_000_000_000;
  rampNs: i64 = DEFAULT_RAMP;
  /** Of the rule's quota, and of that of each override; not looked at when there is a `quota`. */
  percent: f64 = 100;
  /** In place of the rule's. */
  quota: QuotaConfig | null = null;
}

/**
 * Whether a condition is active:
 *
 *   inactive -- `when` true at every tick for `for` ---------------------------> active
 *   active   -- `until` true, and active for `hold` at least ------------------> inactive
 *   active   -- `until` unknown at every tick for `hold` ----------------------> inactive
 *
 * So what is unknown changes nothing for `hold`; then the rule's own quota is the safer guess. What is unknown does not
 * make a condition active.
 */
@final
export class Condition {
  active: bool = false;
  /** How long `when` has been true, -1 when it is not. */
  private trueNs: i64 = -1;
  private activeNs: i64 = 0;
  private unknownNs: i64 = 0;

  constructor(readonly config: ConditionConfig) {}

  /** @param elapsedNs since the last call, at least 0. Allocates: nothing. */
  tick(elapsedNs: i64, signals: SignalTable): void {
    const when = this.config.when.run(signals);
    if (this.active) this.mayLeave(elapsedNs, this.leaves(when, signals));
    else this.mayEnter(elapsedNs, when);
  }

  /** Truth value of the exit. */
  private leaves(when: f64, signals: SignalTable): f64 {
    const until = this.config.until;
    return until != null ? until.run(signals) : 1 - when;
  }

  private mayEnter(elapsedNs: i64, when: f64): void {
    if (when != TRUE) {
      this.trueNs = -1;
      return;
    }
    this.trueNs = this.trueNs < 0 ? 0 : this.trueNs + elapsedNs;
    if (this.trueNs < this.config.forNs) return;
    this.active = true;
    this.activeNs = 0;
    this.unknownNs = 0;
  }

  private mayLeave(elapsedNs: i64, leave: f64): void {
    const holdNs = this.config.holdNs;
    this.activeNs += elapsedNs;
    this.unknownNs = isNaN(leave) ? this.unknownNs + elapsedNs : 0;
    const held = isNaN(leave) ? this.unknownNs >= holdNs : leave == TRUE && this.activeNs >= holdNs;
    if (!held) return;
    this.active = false;
    this.trueNs = -1;
  }
}
