import { earlierMeetings } from "../chain/meeting.js";
import { inChainOrder } from "../chain/workloads.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import type { Change } from "./difference.js";

/**
 * What changes because policies stand in another order, or say so, though each may be as it was.
 * @returns for a policy, by its label, those that come before it and came after it.
 */
export function orderChanges(
  before: readonly PolicyDocument[],
  after: readonly PolicyDocument[],
): Map<string, Change[]> {
  const old = precedence(before);
  return new Map(
    [...precedence(after)].map(([label, firsts]) => [
      label,
      firsts.filter((first) => old.get(first)?.includes(label)).map(nowAfter),
    ]),
  );
}

/** By their labels, which policies that may run in the same proxies come before each. */
function precedence(policies: readonly PolicyDocument[]): Map<string, string[]> {
  const ordered = inChainOrder(policies, false);
  const labels = ordered.map(policyLabel);
  return new Map(earlierMeetings(ordered).map((met, i) => [labels[i]!, met.map((j) => labels[j]!)]));
}

function nowAfter(first: string): Change {
  const [old, now] = [`before ${first}`, `after ${first}`];
  return { about: "chain", old, new: now, text: `${old} -> ${now}, in proxies that have both` };
}
