import { Quota } from "../../../assembly/core/gcra";
import { Condition, ConditionConfig, DEFAULT_RAMP } from "./condition";
import { SignalTable } from "./signals";

/** Time that a rise takes when no ramp is configured. */
// @ts-ignore: decorator
@inline
const DEFAULT_RISE_NS: i64 = 10_000_000_000;

/** No condition is active. */
// @ts-ignore: decorator
@inline
export const NONE: i32 = -1;

/** The conditions of one rule, and the quota that they make of the rule's. */
@final
export class RuleConditions {
  /** The quota that counts now. Another object each time that it moves. */
  quota: Quota;
  /** What counts now of the quotas of overrides, in percent. */
  percent: f64 = 100;
  /** The condition that decides: the first that is active; NONE when none is. */
  active: i32 = NONE;
  private readonly conditions: Condition[] = [];
  /** For each condition, the quota under it. */
  private readonly quotas: Quota[] = [];
  private fromRate: f64 = 0;
  private fromPercent: f64 = 100;
  private rampNs: i64 = 0;
  /** How much of the ramp is past; rampNs when the quota has arrived. */
  private movedNs: i64 = 0;

  /** @param base the rule's own quota. */
  constructor(
    private readonly base: Quota,
    configs: ConditionConfig[],
  ) {
    this.quota = base;
    for (let i = 0; i < configs.length; i++) {
      const config = configs[i];
      const quota = config.quota;
      this.conditions.push(new Condition(config));
      this.quotas.push(quota != null ? quota.toQuota() : base.percent(config.percent));
    }
  }

  /** Name of the condition that decides, "" for none. */
  get activeName(): string {
    return this.active == NONE ? "" : this.conditions[this.active].config.name;
  }

  /**
   * Call regularly, after `signals` were refreshed.
   * @param elapsedNs since the last call, at least 0.
   * @returns whether `quota` or `percent` changed. Allocates: a Quota if so.
   */
  tick(elapsedNs: i64, signals: SignalTable): bool {
    let first = NONE;
    for (let i = this.conditions.length - 1; i >= 0; i--) {
      const condition = unchecked(this.conditions[i]);
      condition.tick(elapsedNs, signals);
      if (condition.active) first = i;
    }
    if (first != this.active) this.moveTo(first);
    else if (this.movedNs == this.rampNs) return false;
    else this.movedNs = min(this.rampNs, this.movedNs + elapsedNs);
    this.apply();
    return true;
  }

  /** Starts for another quota from where the quota is now. */
  private moveTo(target: i32): void {
    const ramp = unchecked(this.conditions[target == NONE ? this.active : target]).config.rampNs;
    this.active = target;
    this.fromRate = rateOf(this.quota);
    this.fromPercent = this.percent;
    const rises = rateOf(this.target) > this.fromRate || this.targetPercent > this.fromPercent;
    this.rampNs = ramp != DEFAULT_RAMP ? ramp : rises ? DEFAULT_RISE_NS : 0;
    this.movedNs = 0;
  }

  private apply(): void {
    const target = this.target;
    const part = this.rampNs == 0 ? 1 : <f64>this.movedNs / <f64>this.rampNs;
    this.percent = this.fromPercent + (this.targetPercent - this.fromPercent) * part;
    const targetRate = rateOf(target);
    const rate = this.fromRate + (targetRate - this.fromRate) * part;
    this.quota = part == 1 ? target : target.percent((100 * rate) / targetRate);
  }

  private get target(): Quota {
    return this.active == NONE ? this.base : unchecked(this.quotas[this.active]);
  }

  private get targetPercent(): f64 {
    if (this.active == NONE) return 100;
    const config = unchecked(this.conditions[this.active]).config;
    return config.quota == null ? config.percent : 100;
  }
}

/** Requests in a tick of GCRA. */
function rateOf(quota: Quota): f64 {
  return 1 / <f64>quota.interval;
}
