import type { Fault } from "../policy/fault.js";
import type { Canary } from "./config.js";
import { Implications } from "./implication.js";
import type { Node } from "../policy/node.js";

/** Conditions and outcomes of a rule that decides whenever it matches: with any other key it may pass requests on. */
const DECIDING = new Set(["name", "match", "arm", "percent", "split", "key", "salt"]);
const ALL = 100;

/** Rules that no request reaches, since an earlier rule decides about every one that they match. */
export function unreachable(canary: Canary): Fault[] {
  const deciding: Node[] = [];
  const implications = new Implications();
  return canary.rules.flatMap((rule): Fault[] => {
    const before = deciding.find((earlier) => coversMatch(earlier, rule, implications));
    if (decidesAlways(rule, canary)) deciding.push(rule);
    if (!before) return [];
    const name = before.at("name")?.text ?? "an earlier rule";
    const taken = before.at("match") ? "all that it matches" : "every request";
    return [
      {
        code: "TG3103",
        path: rule.path,
        message: `no request reaches this rule: ${name} before it takes ${taken}`,
        remedy: "Put it before that rule, or remove it",
      },
    ];
  });
}

function coversMatch(earlier: Node, rule: Node, implications: Implications): boolean {
  const match = earlier.at("match");
  if (!match) return true;
  const own = rule.at("match");
  return own !== undefined && implications.has(own.value, match.value);
}

/** Whether a rule decides about every request that it matches, at any time. An arm that may be aborted may not. */
function decidesAlways(rule: Node, { config }: Canary): boolean {
  if (!rule.members().every(([key]) => DECIDING.has(key))) return false;
  const arm = wholeArm(rule);
  const isAbortable = (config.at("arms")?.items() ?? []).some((one) => one.at("name")?.text === arm && one.at("abort"));
  return arm !== undefined && !isAbortable;
}

/** The arm that all matching requests get, undefined when only some get one. */
function wholeArm(rule: Node): string | undefined {
  const whole = rule
    .at("split")
    ?.items()
    .find((part) => part.at("percent")?.value === ALL);
  if (whole) return whole.at("arm")?.text;
  const percent = rule.at("percent");
  return !percent || percent.value === ALL ? rule.at("arm")?.text : undefined;
}
