import { RequestFacts } from "../../../assembly/request/facts";
import { Condition } from "./condition";

/**
 * Says of a condition, and of those that it is made of, whether it holds for the request: a line each, two spaces in for
 * each that it is inside. All are asked, also those on which the outcome did not depend. For `explain` only: allocates.
 */
export function explainCondition(condition: Condition, facts: RequestFacts, lines: string[], depth: i32 = 0): void {
  lines.push("  ".repeat(depth) + (condition.holds(facts) ? "yes: " : "no:  ") + condition.label);
  for (let i = 0; i < condition.children.length; i++) explainCondition(condition.children[i], facts, lines, depth + 1);
}
