import { ByteView } from "../../assembly/core/bytes";
import { RequestFacts } from "../../assembly/request/facts";
import { Condition } from "./conditions/condition";
import { NO_ARM, Outcome } from "./outcome/outcome";
import { Schedule } from "./schedule/schedule";

export { NO_ARM } from "./outcome/outcome";

/** No rule decided: the default arm, or none. */
// @ts-ignore: decorator
@inline
export const NO_RULE: i32 = -1;

/** Which requests a rule is for, when, and what arm it gives them. */
@final
export class Rule {
  /** Whether its schedule has it at work, as of the last `follow`; without a known time it has not. */
  isActive: bool;

  /** @param match null: every request. @param schedule null: always. */
  constructor(
    readonly name: string,
    readonly match: Condition | null,
    readonly schedule: Schedule | null,
    readonly outcome: Outcome,
  ) {
    this.isActive = schedule == null;
  }

  /** Whether the rule is for this request by its match. Allocates: nothing. */
  matches(facts: RequestFacts): bool {
    const match = this.match;
    return match == null || match.holds(facts);
  }

  follow(wallMs: i64): void {
    const schedule = this.schedule;
    if (schedule != null && wallMs > 0) this.isActive = schedule.isActive(wallMs);
    this.outcome.follow(wallMs);
  }
}

/** Decides which arm a request gets. Allocates nothing after construction. */
@final
export class CanaryPolicy {
  /** By arm, whether no request is given to it now: it was found to fail. */
  readonly stopped: StaticArray<bool>;
  /** Index of the rule that decided the last request, NO_RULE when none did. */
  decidedBy: i32 = NO_RULE;
  private readonly noLabel: ByteView = new ByteView();

  /** @param arms how many there are. @param defaultArm of the requests that no rule gives an arm; NO_ARM: none. */
  constructor(
    readonly rules: Rule[],
    arms: i32,
    private readonly defaultArm: i32,
  ) {
    this.stopped = new StaticArray<bool>(arms);
  }

  /**
   * The arm of the first rule that is at work, matches, and gives the request an arm that is not stopped; else the default
   * arm, else NO_ARM.
   */
  decide(facts: RequestFacts): i32 {
    const rules = this.rules;
    for (let i = 0, count = rules.length; i < count; i++) {
      const rule = unchecked(rules[i]);
      if (!rule.isActive || !rule.matches(facts)) continue;
      const arm = rule.outcome.pick(facts);
      if (arm == NO_ARM || unchecked(this.stopped[arm])) continue;
      this.decidedBy = i;
      return arm;
    }
    this.decidedBy = NO_RULE;
    return this.defaultArm;
  }

  /** The label by which the last request's lane was chosen, of no bytes without one; valid as long as its values. */
  get label(): ByteView {
    const rule = this.decidedBy;
    const label = rule != NO_RULE ? unchecked(this.rules[rule]).outcome.label : null;
    return label != null ? label : this.noLabel;
  }

  /** Takes account of the time, in ms since the Unix epoch, 0 when it is not known: call once a second. */
  follow(wallMs: i64): void {
    for (let i = 0; i < this.rules.length; i++) unchecked(this.rules[i]).follow(wallMs);
  }
}
