import type { PolicyDocument } from "../policy/model.js";
import { earlierMeetings } from "./meeting.js";

/** Between two neighbours of a chain, so that a filter can be put between them by hand. */
const STEP = 10;
/** Of one policy. A policy has no more than 32 plugins. */
const PRIORITIES_A_RANK = 1_000;
/** Policies of one `order` that may be in one another's way. */
export const MAX_RANKS = 1_000;

/** Where a policy says that it stands among those for the same requests; the lower one comes first. */
export function orderOf({ spec }: PolicyDocument): number {
  return spec.attach?.order ?? 0;
}

/**
 * The policies with their ranks: how many of the same `order` stand before each and may run in the same proxies. Those
 * that meet nobody have none, so that a policy is generated alike alone and beside others.
 */
export function withRanks(policies: readonly PolicyDocument[]): PolicyDocument[] {
  const ranks: number[] = [];
  for (const [i, met] of earlierMeetings(policies).entries()) {
    const before = met.filter((j) => orderOf(policies[j]!) === orderOf(policies[i]!));
    ranks.push(before.reduce((rank, j) => Math.max(rank, ranks[j]! + 1), 0));
  }
  return policies.map((policy, i) => (ranks[i] === 0 ? policy : { ...policy, rank: ranks[i]! }));
}

/**
 * The priority of a WasmPlugin: within a phase the higher one runs first. Those of a policy are below those of every
 * policy before it.
 */
export function wasmPriority(policy: PolicyDocument, index: number): number {
  const above = (orderOf(policy) * MAX_RANKS + (policy.rank ?? 0)) * PRIORITIES_A_RANK;
  return (policy.spec.plugins.length - index) * STEP - above;
}

/**
 * The priority of an EnvoyFilter: the lower one is applied first, so that its filters are farther from the router. Never
 * 0, which counts as none: Istio skips patches that are relative to another filter when such a resource comes too early.
 */
export function filterPriority(policy: PolicyDocument): number {
  return (orderOf(policy) * MAX_RANKS + (policy.rank ?? 0) + 1) * STEP;
}
