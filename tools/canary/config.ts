import type { PolicyDocument } from "../policy/model.js";
import { configNodes, type Node } from "../policy/node.js";

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

/**
 * The plugin canary of a policy, undefined when it has none. Of several configurations, for some requests or proxies, the
 * first one counts, and what any of them decides, fetches and calls its arms.
 */
export function canaryOf(policy: PolicyDocument): Canary | undefined {
  const all = configNodes(policy, "canary");
  const [config] = all;
  if (!config) return undefined;
  const values = new Map(all.flatMap(valuesIn).reverse());
  return {
    config,
    header: headerOf(config),
    standard: all.map((one) => one.at("default")?.text).find((name) => name !== undefined),
    rules: rulesOf(config),
    given: firstOfEach(all.flatMap(givenIn)),
    fetchClusters: all.flatMap(fetchedFrom),
    valueOf: (arm) => values.get(arm) ?? arm,
  };
}

/** The header that carries the decision. */
export function headerOf(config: Node): string {
  return config.at("decision_header")?.text ?? "x-canary";
}

/** What the header says for arms that have a value of their own. */
export function valuesIn(config: Node): [arm: string, value: string][] {
  return (config.at("arms")?.items() ?? []).flatMap((arm): [string, string][] => {
    const [name, value] = [arm.at("name")?.text, arm.at("value")?.text];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

/** Every place of one configuration that gives an arm or a lane. */
export function givenIn(config: Node): GivenArm[] {
  return [...named([config.at("default")], false), ...rulesOf(config).flatMap(givenBy)];
}

function rulesOf(config: Node): Node[] {
  return config.at("rules")?.items() ?? [];
}

function fetchedFrom(config: Node): string[] {
  const lists = config.at("lists")?.members() ?? [];
  return lists.flatMap(([, list]) => list.at("fetch")?.at("cluster")?.text ?? []);
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
