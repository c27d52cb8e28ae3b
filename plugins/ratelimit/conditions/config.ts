import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";
import { readName } from "../../../assembly/core/plain-name";
import { readQuota } from "../quota/config";
import { ConditionConfig, DEFAULT_RAMP } from "./condition";
import { parseExpression } from "./parser";
import { Program } from "./program";
import { SignalTable } from "./signals";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_CONDITIONS: i32 = 8;
const MAX_EXPRESSION: i32 = 512;
const MIN_PERCENT: f64 = 1;
const MAX_PERCENT: f64 = 1000;
const LONGEST: string = "24h";

/**
 * The conditions under the key `conditions` of a rule; empty when there are none. Signals that they name are added to
 * `signals`. For configure: allocates.
 */
export function readConditions(rule: ConfigNode, signals: SignalTable): ConditionConfig[] {
  const nodes = rule.objects("conditions", 1, MAX_CONDITIONS);
  const conditions: ConditionConfig[] = [];
  const names: string[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    node.refuseUnknown(["name", "when", "until", "for", "hold", "ramp", "then"]);
    const condition = new ConditionConfig();
    condition.name = readName(node, names, "condition");
    condition.when = readExpression(node, "when", signals);
    if (node.has("until")) condition.until = readExpression(node, "until", signals);
    condition.forNs = readDuration(node, "for", condition.forNs, "0s", LONGEST);
    condition.holdNs = readDuration(node, "hold", condition.holdNs, "0s", LONGEST);
    condition.rampNs = readDuration(node, "ramp", DEFAULT_RAMP, "0s", LONGEST);
    readThen(node, condition);
    conditions.push(condition);
  }
  return conditions;
}

function readExpression(node: ConfigNode, key: string, signals: SignalTable): Program {
  const text = node.requiredString(key, 1, MAX_EXPRESSION);
  const parsed = parseExpression(text, signals);
  if (text.length > 0 && parsed.problem != "") node.refuseAt(key, parsed.problem);
  return parsed.program;
}

function readThen(node: ConfigNode, condition: ConditionConfig): void {
  const then = node.requiredObject("then");
  if (then == null) return;
  then.refuseUnknown(["percent", "quota"]);
  const kind = then.exactlyOne(["percent", "quota"]);
  if (kind == "percent") {
    condition.percent = then.number("percent", 100, MIN_PERCENT, MAX_PERCENT);
  } else if (kind == "quota") {
    const quota = then.object("quota");
    if (quota != null) condition.quota = readQuota(quota);
  }
}
