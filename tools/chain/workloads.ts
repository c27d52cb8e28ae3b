import { directionOf, type PolicyDocument } from "../policy/model.js";
import { labelsOfProxies } from "../policy/selection.js";
import { earlierMeetings, reachesAllOf } from "./meeting.js";
import { orderOf } from "./place.js";

/** What requests of some proxies pass, on some ports. */
export interface Chain {
  /** The policy whose proxies these are. */
  of: PolicyDocument;
  /** Ports with this chain; "other" when it is that of all ports which no policy names, and "all" when none names any. */
  ports: number[] | "other" | "all";
  members: Member[];
}

export interface Member {
  policy: PolicyDocument;
  /** Whether only some of these proxies have the policy's plugins. */
  isPartial: boolean;
}

const PHASES = ["authn", "authz", "stats", "last"];

/**
 * The chains of all proxies that the policies tell apart, as they select them.
 * @param hasPhases whether the target puts policies into the phases that they name.
 */
export function chainsOf(policies: readonly PolicyDocument[], hasPhases: boolean): Chain[] {
  const sorted = inChainOrder(policies, hasPhases);
  const meeting = meetings(sorted);
  const selections = new Map(policies.map((policy) => [selectionOf(policy), policy]));
  return [...selections.values()].flatMap((of) => chainsOfSelection(of, meeting.get(of) ?? []));
}

/** For each policy those that may run in the same proxies, on whichever ports, itself among them, in the order given. */
function meetings(policies: readonly PolicyDocument[]): Map<PolicyDocument, PolicyDocument[]> {
  const all = new Map(policies.map((policy): [PolicyDocument, PolicyDocument[]] => [policy, []]));
  for (const [i, met] of earlierMeetings(policies.map(withoutPorts)).entries()) {
    const policy = policies[i]!;
    const earlier = met.map((j) => policies[j]!);
    all.get(policy)!.push(...earlier, policy);
    for (const one of earlier) all.get(one)!.push(policy);
  }
  return all;
}

/** The order in which requests pass the policies that are in one chain. */
export function inChainOrder(policies: readonly PolicyDocument[], hasPhases: boolean): PolicyDocument[] {
  const phase = ({ spec }: PolicyDocument): number => (hasPhases ? PHASES.indexOf(spec.attach?.phase ?? "last") : 0);
  return [...policies].sort((one, other) => phase(one) - phase(other) || orderOf(one) - orderOf(other));
}

/** Equal for policies of the same proxies and the same direction. */
function selectionOf(policy: PolicyDocument): string {
  const { metadata, spec } = policy;
  const labels = Object.entries(labelsOfProxies(policy)).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([metadata.namespace, directionOf(spec), labels, spec.gateway?.httpRoute]);
}

/** @param there those that may run in its proxies, in the order of the chain. */
function chainsOfSelection(of: PolicyDocument, there: readonly PolicyDocument[]): Chain[] {
  const named = [...new Set(there.flatMap(({ spec }) => spec.attach?.ports ?? []))].sort((one, other) => one - other);
  const byMembers = new Map<string, Chain>();
  for (const port of [...named, undefined]) {
    const members = there.filter(({ spec }) => !spec.attach?.ports || spec.attach.ports.includes(port ?? -1));
    const key = JSON.stringify(members.map((member) => there.indexOf(member)));
    const known = byMembers.get(key);
    if (known && port !== undefined && Array.isArray(known.ports)) known.ports.push(port);
    else if (members.length > 0)
      byMembers.set(port === undefined ? "other" : key, {
        of,
        ports: port === undefined ? (named.length > 0 ? "other" : "all") : [port],
        members: members.map((policy) => ({ policy, isPartial: !reachesAllOf(policy, of) })),
      });
  }
  return [...byMembers.values()];
}

function withoutPorts({ spec, ...policy }: PolicyDocument): PolicyDocument {
  const attach = Object.fromEntries(Object.entries(spec.attach ?? {}).filter(([key]) => key !== "ports"));
  return { ...policy, spec: { ...spec, attach } };
}
