import { isObject } from "../is-object.js";
import type { PolicyDocument } from "../policy/model.js";
import { deltasOf } from "./deltas.js";
import { type Change, changeOf } from "./difference.js";
import type { JsonObject } from "./json.js";

/** Settings that are told of in words of their own; of those with a list only what it names. */
const TOLD: Record<string, true | readonly string[]> = {
  workload: ["labels"],
  gateway: ["labels", "name"],
  attach: ["direction", "ports", "phase"],
  failure: true,
  tracer: true,
  moduleUrl: true,
  plugins: true,
  rollout: true,
  routes: true,
  envoy: true,
};
const TOLD_OF_PLUGINS = ["name", "config", "moduleUrl", "sha256"];
const TOLD_OF_ARMS = ["name", "labels", "subset", "service", "port", "upstream"];

/** What nothing else tells of: labels, annotations, and whatever settings policies have one day. */
export function restChanges(one: PolicyDocument, other: PolicyDocument): Change[] {
  return [
    ...deltasOf(restOf(one), restOf(other)).map((delta) => changeOf("spec", delta)),
    ...deltasOf(restOfMetadata(one), restOfMetadata(other)).map((delta) => changeOf("metadata", delta)),
  ];
}

function restOf({ spec }: PolicyDocument): JsonObject {
  const members = Object.entries(spec).flatMap(([key, value]): [string, unknown][] => {
    const told = Object.hasOwn(TOLD, key) ? TOLD[key] : [];
    if (told === true) return [];
    return [[key, isObject(value) ? without(value, told ?? []) : (value as unknown)]];
  });
  const plugins = spec.plugins.map((plugin) => ({ ...without({ ...plugin }, TOLD_OF_PLUGINS), name: plugin.name }));
  const arms = (spec.routes?.arms ?? []).map((arm) => ({ ...without({ ...arm }, TOLD_OF_ARMS), name: arm.name }));
  const rest = members.filter(([, value]) => !isObject(value) || Object.keys(value).length > 0);
  return { ...Object.fromEntries(rest), plugins: withMore(plugins), arms: withMore(arms) };
}

/** Those of which there is more than the name. */
function withMore(items: readonly object[]): object[] {
  return items.filter((item) => Object.keys(item).length > 1);
}

/** Name and namespace are what policies are compared by. */
function restOfMetadata({ metadata }: PolicyDocument): JsonObject {
  return { labels: {}, annotations: {}, ...without({ ...metadata }, ["name", "namespace"]) };
}

function without(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
