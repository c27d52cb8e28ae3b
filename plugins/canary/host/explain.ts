import { HostFacts, log, LogLevelValues } from "../../../assembly";
import { ByteView } from "../../../assembly/core/bytes";
import { NO_PLACE } from "../../../assembly/core/percent";
import { Condition } from "../conditions/condition";
import { explainCondition } from "../conditions/explain";
import { CanaryPolicy, NO_ARM, Rule } from "../policy";
import { DecisionHeader } from "./decision-header";

/**
 * Logs why a request is decided as it is, a JSON object for each step, at level info after `explain: `:
 *
 *   {"trusted":true,"arm":1}                                       its own decision is kept
 *   {"rule":0,"active":true,"matches":false,"conditions":["no:  header x-user-id in"],"place":-1,"arm":-1,"stopped":false}
 *   {"default":0}                                                  what is left for requests that no rule decides
 *
 * Arms and rules are indexes; -1 stands for none. Ids, and other texts to compare with, are not told. Allocates.
 */
export function explainDecision(
  policy: CanaryPolicy,
  facts: HostFacts,
  trusted: Condition | null,
  decision: DecisionHeader,
): void {
  if (trusted != null) tell(`{"trusted":${trusted.holds(facts)},"arm":${decision.given()}}`);
  for (let i = 0; i < policy.rules.length; i++) tell(`{"rule":${i},${ruleText(policy, policy.rules[i], facts)}}`);
  tell(`{"decided":${policy.decide(facts)},"by":${policy.decidedBy}}`);
}

function ruleText(policy: CanaryPolicy, rule: Rule, facts: HostFacts): string {
  const lines: string[] = [];
  const match = rule.match;
  if (match != null) explainCondition(match, facts, lines);
  const matches = rule.matches(facts);
  const place = matches ? rule.outcome.placeOf(facts) : NO_PLACE;
  const arm = matches ? rule.outcome.pick(facts) : NO_ARM;
  const stopped = arm != NO_ARM && policy.stopped[arm];
  const conditions = lines.map<string>((line) => `"${line}"`).join(",");
  return `"active":${rule.isActive},"matches":${matches},"conditions":[${conditions}],"place":${place},"arm":${arm},"stopped":${stopped}`;
}

function tell(step: string): void {
  log(LogLevelValues.info, "explain: " + step);
}
