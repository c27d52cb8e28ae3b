import type { PolicyDocument } from "../policy/model.js";
import { configNode, type Node } from "../policy/node.js";

/**
 * The configuration of canary as far as routes depend on it. Any shape can be read: what is wrong with the shape, the
 * schema and the plugin itself say.
 */
export interface Canary {
  config: Node;
  /** The header that carries the decision. */
  header: string;
  /** The arm of requests that no rule decides. */
  standard: string | undefined;
  rules: Node[];
  /** Every arm and lane that requests can be given, with the first place that does. */
  given: ReadonlyMap<string, GivenArm>;
  /** Clusters that lists are fetched from. */
  fetchClusters: string[];
  /** What the decision header says for an arm: its name unless the configuration has another value. */
  valueOf(arm: string): string;
}

/** A name in canary's configuration that requests can be given. */
export interface GivenArm {
  name: string;
  node: Node;
  isLane: boolean;
}

/** The plugin canary of a policy, undefined when it has none. */
export function canaryOf(policy: PolicyDocument): Canary | undefined {
  const config = configNode(policy, "canary");
  if (!config) return undefined;
  const rules = config.at("rules")?.items() ?? [];
  const values = new Map(
    (config.at("arms")?.items() ?? []).map((arm) => [arm.at("name")?.text, arm.at("value")?.text]),
  );
  return {
    config,
    header: config.at("decision_header")?.text ?? "x-canary",
    standard: config.at("default")?.text,
    rules,
    given: firstOfEach([...named([config.at("default")], false), ...rules.flatMap(givenBy)]),
    fetchClusters: (config.at("lists")?.members() ?? []).flatMap(
      ([, list]) => list.at("fetch")?.at("cluster")?.text ?? [],
    ),
    valueOf: (arm) => values.get(arm) ?? arm,
  };
}

function givenBy(rule: Node): GivenArm[] {
  const split = (rule.at("split")?.items() ?? []).map((part) => part.at("arm"));
  const lanes = rule.at("lane")?.at("lanes")?.items() ?? [];
  return [...named([rule.at("arm"), ...split], false), ...named(lanes, true)];
}

function firstOfEach(given: readonly GivenArm[]): Map<string, GivenArm> {
  const first = new Map<string, GivenArm>();
  for (const one of given) if (!first.has(one.name)) first.set(one.name, one);
  return first;
}

function named(nodes: (Node | undefined)[], isLane: boolean): GivenArm[] {
  return nodes.flatMap((node) => (node?.text === undefined ? [] : [{ name: node.text, node, isLane }]));
}
