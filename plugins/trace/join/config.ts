import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";
import { headerNameProblem } from "../../../assembly/core/header-name";
import { plainNameProblem } from "../../../assembly/core/plain-name";

// Ranges and defaults are those of schema.json; a test compares the two.

/** On which side of a workload requests are. */
export enum JoinMode {
  /** They enter it: their contexts are remembered. */
  Inbound,
  /** They leave it: those without a context get back that of the request that caused them. */
  Outbound,
}

const MODES: string[] = ["inbound", "outbound"];
const MAX_BY: i32 = 4;
const TTL_NS: i64 = 60_000_000_000;
const ENTRIES: i64 = 4096;
const MIN_ENTRIES: i64 = 16;
const MAX_ENTRIES: i64 = 262_144;

/** Headers of trace context, which say of themselves where a request belongs: nothing is joined by them. */
const CONTEXT_HEADERS: string[] = [
  "traceparent",
  "tracestate",
  "baggage",
  "b3",
  "uber-trace-id",
  "x-amzn-trace-id",
  "x-cloud-trace-context",
  "sw8",
];
const CONTEXT_PREFIXES: string[] = ["x-b3-", "uberctx-", "x-datadog-"];

/** How outbound requests are joined to inbound ones, defaults applied. To be used only without problems. */
@final
export class JoinConfig {
  mode: JoinMode = JoinMode.Inbound;
  /** Headers that the application forwards, in the order in which they are asked. */
  by: string[] = ["x-request-id"];
  /** Inbound and outbound filters of one group share what is remembered. */
  group: string = "";
  ttlNs: i64 = TTL_NS;
  /** Contexts that are remembered at most. */
  entries: i32 = <i32>ENTRIES;
}

/** Reads `join`. Only at configure: allocates. */
export function readJoin(node: ConfigNode): JoinConfig {
  const join = new JoinConfig();
  node.refuseUnknown(["mode", "by", "group", "ttl", "entries"]);
  if (node.required("mode") != null && node.oneOf("mode", MODES, "") == "outbound") join.mode = JoinMode.Outbound;
  if (node.has("by")) join.by = readBy(node);
  join.group = node.requiredString("group");
  const problem = join.group.length > 0 ? plainNameProblem(join.group, "_-", false) : "";
  if (problem.length > 0) node.refuseAt("group", problem);
  join.ttlNs = readDuration(node, "ttl", TTL_NS, "1s", "1h");
  join.entries = <i32>node.integer("entries", ENTRIES, MIN_ENTRIES, MAX_ENTRIES);
  return join;
}

function readBy(node: ConfigNode): string[] {
  const names: string[] = [];
  const nodes = node.array("by", 1, MAX_BY);
  for (let i = 0; i < nodes.length; i++) {
    const name = nodes[i].asString("", 1);
    if (name.length == 0) continue;
    const problem = headerNameProblem(name);
    if (problem.length > 0) nodes[i].refuse(problem);
    else if (isContextHeader(name)) nodes[i].refuse("expected a header that is no trace context itself");
    else if (names.includes(name)) nodes[i].refuse(`"${name}" is an earlier header too`);
    names.push(name);
  }
  return names;
}

function isContextHeader(name: string): bool {
  for (let i = 0; i < CONTEXT_PREFIXES.length; i++) if (name.startsWith(CONTEXT_PREFIXES[i])) return true;
  return CONTEXT_HEADERS.includes(name);
}
