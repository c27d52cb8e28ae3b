import { oneLine } from "../errors.js";
import type { HeaderChange } from "./ask.js";
import type { Explained } from "./explain.js";
import type { Decision, ExplainedRule } from "./explanation.js";
import type { ConditionStep, RuleStep, SharePart } from "./steps.js";

/** An explanation for people, a line for each thing to know. */
export function textOf(explained: Explained): string {
  const { policy, plugin, at, request, decision, trusted, rules, upstream, client, attributes, notes } = explained;
  const { method, authority, path, clientAddress } = request;
  const lines = [
    `${plugin} of ${policy}: ${method} ${authority}${path} from ${clientAddress} at ${at}`,
    ...(trusted ? [`trusted: ${trustedText(trusted.holds, decision)}`, ...conditionLines(trusted.conditions)] : []),
    ...rules.flatMap(ruleLines),
    `decision: ${decisionText(decision)}`,
    ...upstream.map((change) => `upstream gets ${upstreamText(change)}`),
    ...client.flatMap(({ header, after }) => after.map((value) => `client gets ${header}: ${value}`)),
    ...Object.entries(attributes).map(([name, value]) => `attribute ${name}: ${value}`),
    ...notes.map((note) => `note: ${note}`),
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join("");
}

function trustedText(holds: boolean, { by, arm }: Decision): string {
  if (!holds) return "no";
  return by === "trusted" ? `yes, its own decision ${arm} is kept` : "yes, but it brings no decision for a known arm";
}

function ruleLines(rule: ExplainedRule): string[] {
  if (rule.outcome === "not asked") return [`rule ${rule.rule}: not asked`];
  const verdict = rule.outcome === "decides" ? `yes, ${rule.arm}` : `no, ${rule.reasons.join("; ")}`;
  return [`rule ${rule.rule}: ${verdict}`, ...conditionLines(rule.conditions), ...shareLines(rule)];
}

function conditionLines(conditions: readonly ConditionStep[]): string[] {
  return conditions.map(
    ({ holds, depth, condition }) => `${"  ".repeat(depth + 1)}${holds ? "yes: " : "no:  "}${condition}`,
  );
}

function shareLines({ share }: RuleStep): string[] {
  if (!share) return [];
  const place =
    share.place === null ? "no key, so only what is given to all" : `place ${share.place.toFixed(2)} of 100`;
  return [`  ${place}; ${share.parts.map(partText).join(", ")}`];
}

function partText({ arm, percent, from, to }: SharePart): string {
  return `${arm} has ${percent} %${percent > 0 ? `, from ${from} to ${to}` : ""}`;
}

function decisionText({ arm, by, rule }: Decision): string {
  if (by === "rule") return `${arm}, by the rule ${rule}`;
  if (by === "trusted") return `${arm}, as the request came with it`;
  return arm === null ? "no arm: no rule decides, and there is no default" : `${arm}, the default: no rule decides`;
}

function upstreamText({ header, before, after }: HeaderChange): string {
  const came = before.join(", ");
  if (after.length === 0) return before.length === 0 ? `no ${header}` : `no ${header}: ${came} is taken away`;
  const value = after.join(", ");
  if (before.length === 0) return `${header}: ${value}`;
  return `${header}: ${value}, ${came === value ? "as it came" : `in place of ${came}`}`;
}
