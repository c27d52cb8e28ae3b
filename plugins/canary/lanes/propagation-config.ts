import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";
import { headerNameProblem } from "../../../assembly/core/header-name";
import { plainNameProblem } from "../../../assembly/core/plain-name";
import { Propagation, PropagationMode } from "./propagation";

// Ranges and defaults are those of schema.json; a test compares the two.

const MODES: string[] = ["edge", "inbound", "outbound"];
const MAX_BY: i32 = 4;
const TTL_NS: i64 = 60_000_000_000;

/** Reads `lane_propagation`. Only at configure: allocates. @param decisionHeader which cannot be the label's header too. */
export function readPropagation(node: ConfigNode, decisionHeader: string): Propagation {
  const propagation = new Propagation();
  node.refuseUnknown(["header", "mode", "by", "group", "ttl"]);
  propagation.header = node.string("header", "x-lane");
  const problem = headerNameProblem(propagation.header, true);
  if (problem.length > 0) node.refuseAt("header", problem);
  if (propagation.header == decisionHeader) {
    node.refuseAt("header", "expected another header than decision_header, which is set anew at each hop");
  }
  if (node.required("mode") == null) return propagation;
  const mode = MODES.indexOf(node.oneOf("mode", MODES, ""));
  if (mode < 0) return propagation; // which of the keys below are good depends on it
  propagation.mode = <PropagationMode>mode;
  if (propagation.mode == PropagationMode.Edge) refuseAtEdge(node);
  else readMemory(node, propagation);
  return propagation;
}

/** At the edge nothing is remembered. */
function refuseAtEdge(node: ConfigNode): void {
  const keys = ["by", "group", "ttl"];
  for (let i = 0; i < keys.length; i++) {
    if (node.has(keys[i])) node.refuseAt(keys[i], 'expected together with the modes "inbound" and "outbound" only');
  }
}

function readMemory(node: ConfigNode, propagation: Propagation): void {
  propagation.by = node.has("by") ? readBy(node, propagation.header) : ["traceparent", "x-request-id"];
  const group = node.requiredString("group");
  const problem = group.length > 0 ? plainNameProblem(group, "_-", false) : "";
  if (problem.length > 0) node.refuseAt("group", problem);
  propagation.group = group;
  propagation.ttlNs = readDuration(node, "ttl", TTL_NS, "1s", "1h");
}

function readBy(node: ConfigNode, header: string): string[] {
  const names: string[] = [];
  const nodes = node.array("by", 1, MAX_BY);
  for (let i = 0; i < nodes.length; i++) {
    const name = nodes[i].asString("", 1);
    if (name.length == 0) continue;
    const problem = headerNameProblem(name);
    if (problem.length > 0) nodes[i].refuse(problem);
    else if (name == header) nodes[i].refuse("expected another header than the label's own");
    else if (names.includes(name)) nodes[i].refuse(`"${name}" is an earlier header too`);
    names.push(name);
  }
  return names;
}
