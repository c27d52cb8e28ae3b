import type { Fault } from "../policy/fault.js";
import { directionOf, type PolicyDocument, policyLabel } from "../policy/model.js";
import type { Node } from "../policy/node.js";
import { maySelectSame } from "../policy/selection.js";
import { type TwoSided, wrongSide } from "../policy/wrong-side.js";
import { traceConfig } from "./plugin.js";

/** Those of the plugin's schema; a test compares them. */
export const DEFAULTS = { entries: 4096, by: ["x-request-id"] };

const CONTEXTS: TwoSided = {
  code: "TG3206",
  does: {
    inbound: "remembering contexts is of no use",
    outbound: "no context is remembered that could be given back",
  },
  atGateway: "Leave join out",
};

/** A join on a side of a workload where it does nothing. */
export function joinFaults(policy: PolicyDocument): Fault[] {
  const mode = joinOf(policy)?.node.at("mode");
  return mode ? wrongSide(policy, mode, CONTEXTS) : [];
}

/** Joins of several policies that do not find each other; what concerns a policy, at its place in the list. */
export function joinGroupFaults(policies: readonly PolicyDocument[]): Fault[][] {
  const joins = policies.map(joinOf);
  return joins.map((join) => {
    if (!join || join.mode !== directionOf(join.policy.spec)) return []; // joinFaults says so
    const others = joins.filter((other): other is JoinUse => other !== undefined && isCounterpart(join, other));
    if (others.length === 0) return [lonely(join)];
    return others.flatMap((other) => [
      ...differing(join, other),
      ...(join.mode === "outbound" ? unknown(join, other) : []),
    ]);
  });
}

interface JoinUse {
  policy: PolicyDocument;
  node: Node;
  mode: keyof TwoSided["does"];
  group: string;
}

/** The join of a policy's trace; undefined where there is none, or none that can be read. */
function joinOf(policy: PolicyDocument): JoinUse | undefined {
  const node = traceConfig(policy)?.at("join");
  const mode = node?.at("mode")?.text;
  const group = node?.at("group")?.text;
  if (!node || group === undefined || (mode !== "inbound" && mode !== "outbound")) return undefined;
  return { policy, node, mode, group };
}

/** Whether the two are both halves of one join, in a workload that both policies can select. */
function isCounterpart(one: JoinUse, other: JoinUse): boolean {
  if (one.mode === other.mode || one.group !== other.group) return false;
  return maySelectSame(one.policy, other.policy);
}

function lonely({ node, mode, group }: JoinUse): Fault {
  const counterpart = mode === "inbound" ? "outbound" : "inbound";
  const message = `no policy in these files has mode ${counterpart} of the group ${group} for the same workload`;
  const remedy = "Add it, or check it together with this one";
  return { code: "TG3206", severity: "warning", path: [...node.path, "group"], message, remedy };
}

/** Both halves must agree on where a context is. */
function differing(join: JoinUse, other: JoinUse): Fault[] {
  const [own, others] = [join, other].map(({ node }) => node.at("entries")?.number ?? DEFAULTS.entries);
  if (own === others) return [];
  const entries = join.node.at("entries");
  const message = `${policyLabel(other.policy)} has ${others} entries for the same group, this one ${own}`;
  const remedy = "Write the same number in both";
  return [{ code: "TG3206", path: (entries ?? join.node).path, ...(entries ? {} : { at: "key" }), message, remedy }];
}

/** Headers of the outbound half under which the inbound half remembers nothing. */
function unknown(join: JoinUse, other: JoinUse): Fault[] {
  const known = keysOf(other);
  const by = join.node.at("by");
  const nodes = by?.items() ?? [join.node];
  return keysOf(join).flatMap((name, i): Fault[] => {
    if (known.includes(name)) return [];
    const message = `${policyLabel(other.policy)} remembers nothing by ${name}`;
    return [{ code: "TG3206", severity: "warning", path: nodes[i]!.path, message, remedy: "Add it to its by" }];
  });
}

function keysOf({ node }: JoinUse): string[] {
  return (
    node
      .at("by")
      ?.items()
      .map(({ text }) => text ?? "") ?? DEFAULTS.by
  );
}
