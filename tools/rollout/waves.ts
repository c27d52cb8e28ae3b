import { itemsOf, type JsonObject, textsOf, valueAt } from "../diff/json.js";
import { isObject } from "../is-object.js";
import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { selectedLabels } from "../policy/selection.js";
import { stage } from "./stage.js";
import { runsUpstream } from "../trace/plugin.js";

/** Proxies that take a change before the others: those with all of the labels. */
export interface Wave {
  name: string;
  labels: Record<string, string>;
}

/** Reads `canary=track:canary,region:eu`; undefined for anything else. */
export function readWave(text: string): Wave | undefined {
  const [, name, list = ""] = /^([a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)=(.+)$/.exec(text) ?? [];
  const pairs = list.split(",").map((part) => LABEL.exec(part));
  if (name === undefined || pairs.some((pair) => pair === null)) return undefined;
  return { name, labels: Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!])) };
}

const LABEL =
  /^((?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?):([A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)$/;

/** Why a policy cannot change wave by wave. */
export function waveFaults(policy: PolicyDocument, waves: readonly Wave[]): Fault[] {
  const { rollout, gateway } = policy.spec;
  if (!rollout) return [];
  if (gateway?.name !== undefined) {
    const message = "a gateway given by its name is selected whole, so that no label tells its pods apart";
    return [{ code: "TG3409", path: ["spec", "gateway"], message, remedy: "Use gateway: { labels: ... }, or percent" }];
  }
  const { policy: whole, origin } = stage(policy);
  const ofRouter = whole.spec.plugins.findIndex((plugin) => runsUpstream(policy, plugin));
  if (ofRouter >= 0) {
    const message = "with tracer: propagates trace is a part of the router, which no wave can replace";
    return [{ code: "TG3409", path: origin(["spec", "plugins", ofRouter]), message, remedy: "Roll out by percent" }];
  }
  return waves.flatMap((wave) => foreignLabels(policy, wave));
}

function foreignLabels(policy: PolicyDocument, { name, labels }: Wave): Fault[] {
  const own = selectedLabels(policy) ?? {};
  const key = Object.keys(labels).find((label) => Object.hasOwn(own, label));
  if (key === undefined) return [];
  const message = `the wave ${name} asks for ${key}:${labels[key]}, and the policy selects by ${key} already`;
  const path = ["spec", policy.spec.gateway ? "gateway" : "workload", "labels", key];
  return [{ code: "TG3409", path, message, remedy: "Tell waves apart by another label of the pods" }];
}

/**
 * What a wave's proxies get besides: an EnvoyFilter that puts the new configuration in the place of each filter of ours, so
 * that no proxy ever runs a plugin twice, whichever waves it is in. Other resources have no part in waves.
 * @param resource as generated for the whole of a policy, with the new configuration.
 */
export function resourceOfWave(resource: object, { name, labels }: Wave): object | undefined {
  const { kind, metadata, spec } = resource as { kind?: string; metadata: JsonObject; spec: JsonObject };
  if (kind !== "EnvoyFilter") return undefined;
  const selected = valueAt(spec, "workloadSelector", "labels");
  const { priority } = spec;
  return {
    ...resource,
    metadata: { ...metadata, name: `${textsOf(metadata)["name"]}-wave-${name}` },
    spec: {
      ...spec,
      workloadSelector: { labels: { ...(isObject(selected) ? selected : {}), ...labels } },
      priority: (typeof priority === "number" ? priority : 0) + AFTER,
      configPatches: itemsOf(spec["configPatches"]).map(replacing),
    },
  };
}

/** Istio applies patches in the order of their priority: the filter must be there before it is replaced. */
const AFTER = 1;

/** A patch that inserts a filter, as one that replaces it. */
function replacing(patch: unknown): unknown {
  const { match, patch: own } = patch as { match: JsonObject; patch: { value: JsonObject } };
  const listener = match["listener"] as JsonObject;
  const filter = valueAt(listener, "filterChain", "filter") as JsonObject;
  const subFilter = { name: own.value["name"] };
  return {
    applyTo: "HTTP_FILTER",
    match: { ...match, listener: { ...listener, filterChain: { filter: { ...filter, subFilter } } } },
    patch: { operation: "REPLACE", value: own.value },
  };
}
