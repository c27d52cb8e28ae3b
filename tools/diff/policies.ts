import type { PluginCatalog } from "../plugins.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import { chainChanges } from "./chain.js";
import { deltasOf } from "./deltas.js";
import { type Change, changeOf, type Difference } from "./difference.js";
import { orderChanges } from "./order.js";
import { reachChanges, reachOf } from "./reach.js";
import { restChanges } from "./rest.js";
import { rolloutChanges } from "./rollout.js";
import { routeChanges } from "./routes.js";
import { cut, shown } from "./shown.js";

/**
 * How two sets of policies differ, policy by policy, by their names. Two ways to write the same policy do not differ.
 * @param catalog of plugins, for defaults of their configuration.
 */
export function policyDifferences(
  before: readonly PolicyDocument[],
  after: readonly PolicyDocument[],
  catalog: PluginCatalog,
): Difference[] {
  const [old, now] = [before, after].map((all) => new Map(all.map((policy) => [policyLabel(policy), policy])));
  const moved = orderChanges(before, after);
  return [...new Set([...old!.keys(), ...now!.keys()])].sort().flatMap((label): Difference[] => {
    const [one, other] = [old!.get(label), now!.get(label)];
    if (!other) return [whole(label, "removed", one!)];
    if (!one) return [whole(label, "added", other)];
    const changes = [...changesOf(one, other, catalog), ...(moved.get(label) ?? [])];
    return changes.length === 0 ? [] : [{ subject: label, change: "changed", reach: reachOf(other), changes }];
  });
}

function changesOf(one: PolicyDocument, other: PolicyDocument, catalog: PluginCatalog): Change[] {
  const envoy = deltasOf(one.spec.envoy ?? {}, other.spec.envoy ?? {});
  return [
    ...reachChanges(one, other),
    ...rolloutChanges(one, other, catalog),
    ...chainChanges(one, other, catalog),
    ...routeChanges(one, other),
    ...envoy.map((delta) => changeOf("plain Envoy", delta)),
    ...restChanges(one, other),
  ];
}

/** A policy that is there on one side only: what runs, or no longer does. */
function whole(label: string, change: "added" | "removed", policy: PolicyDocument): Difference {
  const changes = policy.spec.plugins.map(({ name, config = {} }): Change => {
    if (change === "removed") return { about: "chain", old: name, text: `${name} no longer runs` };
    return { about: "chain", new: name, text: `${name} now runs, with ${cut(shown(config))}` };
  });
  return { subject: label, change, reach: reachOf(policy), changes };
}
