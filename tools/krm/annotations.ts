import { isMap, Scalar, YAMLMap } from "yaml";
import { isOfTools, OWNER } from "../generate/istio-resource.js";
import { textAt } from "./resource-list.js";

const LOCAL_CONFIG = "config.kubernetes.io/local-config";
/** The second of each is what older orchestrators write. */
const PATHS = ["internal.config.kubernetes.io/path", "config.kubernetes.io/path"];
const INDICES = ["internal.config.kubernetes.io/index", "config.kubernetes.io/index"];

/** Where an item stands: a file relative to the package, and which of its documents. */
export interface ItemFile {
  path: string;
  index: number;
}

/** The file of an item; undefined when the orchestrator does not say. */
export function fileOf(item: YAMLMap): ItemFile | undefined {
  const path = firstOf(item, PATHS);
  return path ? { path, index: Number(firstOf(item, INDICES) ?? 0) || 0 } : undefined;
}

function firstOf(item: YAMLMap, keys: readonly string[]): string | undefined {
  return keys.map((key) => textAt(item, "metadata", "annotations", key)).find((text) => text !== undefined);
}

/** Says that an item is for tools alone, so that no orchestrator hands it on to a cluster. */
export function markLocal(item: YAMLMap): void {
  annotate(item, LOCAL_CONFIG, "true");
}

/** Puts a generated item into a file of its own policy's folder, in the words of the orchestrator that runs us. */
export function place(item: YAMLMap, policy: YAMLMap, file: ItemFile): void {
  for (const key of PATHS) if (textAt(policy, "metadata", "annotations", key)) annotate(item, key, file.path);
  for (const key of INDICES)
    if (textAt(policy, "metadata", "annotations", key)) annotate(item, key, String(file.index));
}

/** The policy that an item was generated from; undefined for what is not ours. */
export function ownerOf(item: YAMLMap): string | undefined {
  return textAt(item, "metadata", "annotations", OWNER);
}

/** A copy of an item without what orchestrators write into it. */
export function withoutTools(item: YAMLMap): YAMLMap {
  const copy = item.clone() as YAMLMap;
  const annotations = copy.getIn(["metadata", "annotations"]);
  if (!isMap(annotations)) return copy;
  annotations.items = annotations.items.filter(({ key }) => !isOfTools(String(key)));
  if (annotations.items.length === 0) copy.deleteIn(["metadata", "annotations"]);
  return copy;
}

function annotate(item: YAMLMap, key: string, value: string): void {
  const metadata = item.get("metadata");
  if (!isMap(metadata)) return;
  const annotations = metadata.get("annotations");
  const target = isMap(annotations) ? annotations : new YAMLMap();
  if (target !== annotations) metadata.set("annotations", target);
  if (target.get(key) === value) return;
  target.set(key, quoted(value));
}

/** Annotations are texts, `true` and `0` among them. */
function quoted(value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.type = "QUOTE_DOUBLE";
  return scalar;
}
