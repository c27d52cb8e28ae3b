import { proxiesOf } from "../diff/reach.js";
import { directionOf, type PluginUse, type PolicyDocument, policyLabel } from "../policy/model.js";
import { ISTIO_ROOT_NAMESPACE } from "../policy/selection.js";
import { runsUpstream } from "../trace/plugin.js";
import { type Chain, chainsOf } from "./workloads.js";

/** What of a target chains depend on. */
export interface ChainTarget {
  /** Whether it puts policies into the phases that they name. */
  hasPhases?: boolean;
}

/**
 * In words: what requests pass in all proxies that the policies tell apart, in order, and where each plugin is written.
 * @param placeOf `file:line` of a plugin, by its place in its policy.
 */
export function chainsInWords(
  policies: readonly PolicyDocument[],
  target: ChainTarget,
  placeOf: (policy: PolicyDocument, plugin: number) => string,
): string {
  return chainsOf(policies, target.hasPhases ?? false)
    .map((chain) => `${headline(chain)}\n${lines(chain, placeOf).join("\n")}\n`)
    .join("");
}

function headline({ of, ports }: Chain): string {
  const where = `${proxiesOf(of.spec)}${ofNamespace(of)}, ${directionOf(of.spec)}`;
  if (!Array.isArray(ports)) return `${where}, ${ports} ports`;
  return `${where}, ${ports.length === 1 ? "port" : "ports"} ${ports.join(", ")}`;
}

function ofNamespace({ metadata: { namespace }, spec }: PolicyDocument): string {
  if (namespace === undefined) return "";
  return namespace === ISTIO_ROOT_NAMESPACE && !spec.gateway?.name ? " of every namespace" : ` of ${namespace}`;
}

function lines({ members }: Chain, placeOf: (policy: PolicyDocument, plugin: number) => string): string[] {
  const uses = members.flatMap(({ policy, isPartial }) =>
    policy.spec.plugins.map((plugin, i) => ({ policy, plugin, i, isPartial })),
  );
  const isLate = ({ policy, plugin }: { policy: PolicyDocument; plugin: PluginUse }): boolean =>
    runsUpstream(policy, plugin);
  const width = Math.max(...uses.map(({ plugin }) => plugin.name.length), "the router".length);
  const line = ({ policy, plugin, i, isPartial }: (typeof uses)[number]): string =>
    `  ${plugin.name.padEnd(width)}  ${policyLabel(policy)}, ${placeOf(policy, i)}${isPartial ? ", in some of them" : ""}`;
  return [...uses.filter((use) => !isLate(use)).map(line), "  the router", ...uses.filter(isLate).map(line)];
}
