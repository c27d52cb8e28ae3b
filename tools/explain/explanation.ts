import type { Canary } from "../canary/config.js";
import type { Node } from "../policy/node.js";
import type { HeaderChange, Sent } from "./ask.js";
import { notesOf } from "./notes.js";
import type { ConditionStep, RuleStep, Steps } from "./steps.js";

/** What is decided for a request, why, and what is sent. */
export interface Explanation {
  decision: Decision;
  /** Whether the request's own decision is kept; absent when nobody is trusted. */
  trusted?: { holds: boolean; conditions: ConditionStep[] };
  /** All rules, in order. */
  rules: ExplainedRule[];
  /** Headers that go on otherwise than they came, and those of the decision and of the label in any case. */
  upstream: HeaderChange[];
  /** Headers of the response that the client gets, besides the upstream's own. */
  client: HeaderChange[];
  attributes: Record<string, string>;
  /** What may be otherwise in a real proxy. */
  notes: string[];
}

export interface Decision {
  arm: string | null;
  by: "rule" | "default" | "trusted";
  rule?: string;
}

/** `reasons`: why a rule does not decide, none for one that was not asked. */
export type ExplainedRule =
  { rule: string; outcome: "not asked" } | (RuleStep & { outcome: "decides" | "passes"; reasons: string[] });

/** Puts together what the module said of a request, what it made of it, and the configuration. */
export function explanationOf(canary: Canary, steps: Steps, sent: Sent): Explanation {
  const names = [canary.header, ...(canary.config.at("lane_propagation") ? [laneHeader(canary)] : [])];
  const { trusted } = steps;
  return {
    decision: decisionOf(steps),
    ...(trusted ? { trusted: { holds: holds(trusted.conditions), ...trusted } } : {}),
    rules: canary.rules.map((rule, i) => explained(rule, steps.rules[i], steps.decidedBy === i)),
    upstream: [
      ...names.map((name) => changeOf(sent, name)),
      ...sent.request.filter((change) => !names.includes(change.header) && isChanged(change)),
    ],
    client: sent.response.filter(isChanged),
    attributes: sent.attributes,
    notes: notesOf(canary, steps, sent),
  };
}

/** What becomes of a header of the request, which may be none. */
export function changeOf({ request }: Sent, header: string): HeaderChange {
  return request.find((change) => change.header === header) ?? { header, before: [], after: [] };
}

function decisionOf({ arm, decidedBy, rules, trusted }: Steps): Decision {
  if (decidedBy !== null) return { arm, by: "rule", rule: rules[decidedBy]!.rule };
  // Rules are asked unless a trusted request's own decision is kept.
  return { arm, by: trusted && holds(trusted.conditions) && rules.length === 0 ? "trusted" : "default" };
}

function explained(rule: Node, step: RuleStep | undefined, decides: boolean): ExplainedRule {
  if (!step) return { rule: rule.at("name")?.text ?? "", outcome: "not asked" };
  const { rule: name, ...made } = step;
  if (decides) return { rule: name, outcome: "decides", reasons: [], ...made };
  return { rule: name, outcome: "passes", reasons: reasonsOf(rule, step), ...made };
}

function reasonsOf(rule: Node, step: RuleStep): string[] {
  const reasons: string[] = [];
  const schedule = rule.at("schedule");
  if (step.schedule === "early") reasons.push(`its schedule starts at ${schedule?.at("start")?.text}`);
  if (step.schedule === "over") reasons.push(`its schedule ended at ${schedule?.at("end")?.text}`);
  if (step.schedule === "closed") reasons.push("none of its schedule's windows is open");
  if (!holds(step.conditions)) reasons.push("the request does not match");
  else if (step.arm === undefined) reasons.push(nothingGiven(step));
  if (step.stopped) reasons.push(`the arm ${step.arm} is taken out, since it was found to fail`);
  return reasons;
}

function nothingGiven({ share }: RuleStep): string {
  if (!share) return "the request names none of its lanes";
  return share.place === null ? "the request has no key" : "the key's place is in no arm's share";
}

/** The first condition is the whole. */
function holds(conditions: readonly ConditionStep[]): boolean {
  return conditions[0]?.holds ?? true;
}

function laneHeader({ config }: Canary): string {
  return config.at("lane_propagation")?.at("header")?.text ?? "x-lane";
}

function isChanged({ before, after }: HeaderChange): boolean {
  return before.length !== after.length || before.some((value, i) => value !== after[i]);
}
