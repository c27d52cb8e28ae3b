import { isObject } from "../is-object.js";
import { deltasOf, type Delta } from "./deltas.js";
import { changeOf, type Difference } from "./difference.js";
import { itemsOf, type JsonObject, textsOf, valueAt } from "./json.js";
import { isOurs, type Resource, resourceOf } from "./live-resources.js";
import { isServerDefault } from "./server-defaults.js";
import { labelsText } from "./reach.js";

export interface Compared {
  /** What `generate` makes. */
  wanted: readonly JsonObject[];
  /** What a cluster has. */
  live: readonly JsonObject[];
  /** Of objects that name none. */
  namespace: string;
}

/** How what a cluster has differs from what it should have, resource by resource, in the order of applying them. */
export function resourceDifferences({ wanted, live, namespace }: Compared): Difference[] {
  const objects = new Map(live.map((object) => [resourceOf(object, namespace).id, object]));
  const all = wanted.map((object) => resourceOf(object, namespace));
  const known = new Set(all.map(({ id }) => id));
  const surplus = [...objects.values()]
    .filter(isOurs)
    .map((object) => resourceOf(object, namespace))
    .filter(({ id }) => !known.has(id))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  return [
    ...all.flatMap((resource) => difference(resource, objects.get(resource.id), namespace)),
    ...surplus.map((resource) => ({ ...headOf(resource), change: "superfluous" as const, changes: [] })),
  ];
}

function difference(wanted: Resource, object: JsonObject | undefined, namespace: string): Difference[] {
  if (!object) return [{ ...headOf(wanted), change: "missing", changes: [] }];
  const found = resourceOf(object, namespace, wanted);
  const deltas = deltasOf(found.content, wanted.content).filter((delta) => !isServersOwn(wanted, delta));
  if (deltas.length === 0) return [];
  const changes = deltas.map((delta) => changeOf(...placeOf(delta)));
  return [{ ...headOf(wanted), change: "changed", changes }];
}

const CONFIG_OF_PATCH = ["patch", "value", "typed_config", "config", "configuration", "value"];

/** What a change belongs to, with the rest of its path: configurations of plugins lie deep. */
function placeOf(delta: Delta): [about: string, delta: Delta] {
  const [spec, list, patch, ...rest] = delta.path;
  if (spec !== "spec") return ["", delta];
  const depth = list === "pluginConfig" ? 2 : list === "wasm" && patch === "pluginConfig" ? 3 : Infinity;
  if (delta.path.length > depth) return ["configuration", { ...delta, path: delta.path.slice(depth) }];
  const isConfig = typeof patch === "object" && rest.length > CONFIG_OF_PATCH.length;
  if (!isConfig || !CONFIG_OF_PATCH.every((key, i) => rest[i] === key)) return ["", delta];
  return [`configuration of ${patch.item}`, { ...delta, path: rest.slice(CONFIG_OF_PATCH.length) }];
}

function isServersOwn({ kind }: Resource, { kind: change, path, old }: Delta): boolean {
  return change === "removed" && isServerDefault(kind, path, old);
}

function headOf({ kind, namespace, name, content }: Resource): { subject: string; reach?: string } {
  const spec = content["spec"];
  const selected = [valueAt(spec, "selector", "matchLabels"), valueAt(spec, "workloadSelector", "labels")];
  const labels = selected.find(isObject);
  const subject = `${kind} ${namespace}/${name}`;
  if (labels) return { subject, reach: `workloads with ${labelsText(textsOf(labels))} of ${namespace}` };
  const named = itemsOf(valueAt(spec, "targetRefs")).map(textsOf);
  const reach = named.map((ref) => `${ref["kind"] ?? "target"} ${ref["name"] ?? "of no name"}`).join(", ");
  return reach === "" ? { subject } : { subject, reach: `${reach} of ${namespace}` };
}
