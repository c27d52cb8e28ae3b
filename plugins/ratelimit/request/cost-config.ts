import { ConfigNode } from "../../../assembly/core/config-reader";
import { readHeaderName } from "../../../assembly/request/config";
import { HeaderNames } from "../../../assembly/request/facts";
import { CostRule, MAX_COST } from "./cost";

/** Reads what requests cost. @param burst the least of the rule's quotas, which no cost may exceed. */
export function readCost(node: ConfigNode, names: HeaderNames, burst: i64): CostRule {
  node.refuseUnknown(["constant", "header", "default", "max"]);
  const most = <i32>min<i64>(burst, MAX_COST);
  const kind = node.exactlyOne(["constant", "header"]);
  if (kind == "constant") {
    if (node.has("default")) node.refuseAt("default", 'expected together with "header" only');
    if (node.has("max")) node.refuseAt("max", 'expected together with "header" only');
    const constant = <i32>node.integer(kind, 1, 1, MAX_COST);
    refuseAbove(node, kind, constant, most);
    return new CostRule(-1, constant, constant);
  }
  if (kind == "") return new CostRule();
  const header = names.add(readHeaderName(node, kind));
  const limit = <i32>node.integer("max", most, 1, MAX_COST);
  refuseAbove(node, "max", limit, most);
  const otherwise = <i32>node.integer("default", 1, 1, MAX_COST);
  if (otherwise > limit) node.refuseAt("default", `expected at most ${limit}, which is the most that a request costs`);
  return new CostRule(header, otherwise, limit);
}

function refuseAbove(node: ConfigNode, key: string, cost: i32, most: i32): void {
  if (cost > most)
    node.refuseAt(key, `expected at most ${most}, the least burst of the rule, its overrides and its conditions`);
}
