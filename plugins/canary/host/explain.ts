import { HostFacts, log, LogLevelValues } from "../../../assembly";
import { Condition } from "../conditions/condition";
import { explainCondition } from "../conditions/explain";
import { SplitOutcome } from "../outcome/split-outcome";
import { CanaryPolicy, NO_ARM, NO_RULE, Rule } from "../policy";
import { DecisionHeader } from "./decision-header";

/**
 * Logs why a request is decided as it is, at level info: a word a line and what it says, after `explain: `. What stands
 * after `trusted` or `rule` belongs to that; rules after the one that decides are not told. Each line has room in one of
 * the log.
 *
 *     trusted                        the condition on whose decisions are kept is next
 *     rule testers                   the next rule of the policy
 *     schedule 1                     if the rule has one: the ScheduleState, of which only 0 is active
 *     condition no:  header "x" in   if there is one: a line for each that it is made of; the first is the whole
 *     place 1234                     if the rule matches and has shares: the key's among 10,000, -1 without a key
 *     part v2 0 2500                 and each arm's places: the first one, and how many
 *     arm v2                         if the rule matches and its outcome is an arm
 *     stopped                        that arm is found to fail now
 *     decided 1 v2                   last: index of the rule, -1 for none, and the arm, - for none
 *
 * Ids, and other texts to compare with, are not told. Allocates.
 */
@final
export class Explanation {
  /** @param arms names by index. @param wallMs ms since the Unix epoch, 0 when it is not known. */
  constructor(
    private readonly policy: CanaryPolicy,
    private readonly arms: string[],
    private readonly facts: HostFacts,
    private readonly wallMs: i64,
  ) {}

  /** Only in onExplain. @param trusted whose decisions are kept, null for nobody's. */
  tell(trusted: Condition | null, decision: DecisionHeader): void {
    const policy = this.policy;
    if (trusted != null) {
      tell("trusted");
      this.tellCondition(trusted);
      const given = trusted.holds(this.facts) ? decision.given() : NO_ARM;
      if (given != NO_ARM) return this.tellDecided(NO_RULE, given);
    }
    const arm = policy.decide(this.facts);
    const decidedBy = policy.decidedBy;
    const last = decidedBy == NO_RULE ? policy.rules.length - 1 : decidedBy;
    for (let i = 0; i <= last; i++) this.tellRule(policy.rules[i]);
    this.tellDecided(decidedBy, arm);
  }

  private tellRule(rule: Rule): void {
    const facts = this.facts;
    tell("rule " + rule.name);
    const schedule = rule.schedule;
    if (schedule != null) tell(`schedule ${schedule.state(this.wallMs)}`);
    const match = rule.match;
    if (match != null) this.tellCondition(match);
    if (!rule.matches(facts)) return;
    const outcome = rule.outcome;
    if (outcome instanceof SplitOutcome) this.tellSplit(outcome as SplitOutcome);
    const arm = outcome.pick(facts);
    if (arm == NO_ARM) return;
    tell("arm " + this.arms[arm]);
    if (this.policy.stopped[arm]) tell("stopped");
  }

  private tellCondition(condition: Condition): void {
    const lines: string[] = [];
    explainCondition(condition, this.facts, lines);
    for (let i = 0; i < lines.length; i++) tell("condition " + lines[i]);
  }

  private tellSplit(outcome: SplitOutcome): void {
    tell(`place ${outcome.placeOf(this.facts)}`);
    const parts = outcome.split.parts;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      tell(`part ${this.arms[part.arm]} ${part.first} ${part.size}`);
    }
  }

  private tellDecided(rule: i32, arm: i32): void {
    tell(`decided ${rule} ${arm == NO_ARM ? "-" : this.arms[arm]}`);
  }
}

function tell(line: string): void {
  log(LogLevelValues.info, "explain: " + line);
}
