import { isObject } from "../is-object.js";
import { isDeeper, itemsOf, type JsonObject, textsOf, valueAt } from "./json.js";
import { MANAGED_BY, OWNER } from "../generate/istio-resource.js";
import { shortHash } from "./summary.js";

/** An object of Kubernetes, without what its server writes into it. */
export interface Resource {
  /** `kind`, the group of its API, namespace and name: what objects are told apart by. */
  id: string;
  kind: string;
  namespace: string;
  name: string;
  /** Labels, annotations, and everything but metadata and status. */
  content: JsonObject;
}

/** Where `kubectl apply` keeps what it was given. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Objects of a document: the items of a List, however deep, or the object itself. Of what is no object: none. */
export function objectsIn(document: unknown, depth = 0): JsonObject[] {
  if (!isObject(document) || depth > 8) return [];
  const { kind, items } = document;
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items))
    return items.flatMap((item) => objectsIn(item, depth + 1));
  const { name } = textsOf(document["metadata"]);
  return typeof kind === "string" && kind !== "" && name ? [document] : [];
}

/** Keys of an object that are compared in another way, or are the server's. */
const APART = ["apiVersion", "kind", "metadata", "status"];

/**
 * An object as it is compared.
 * @param namespace of objects that name none.
 * @param ours its counterpart, from which the labels and annotations are known that are not others' business.
 */
export function resourceOf(object: JsonObject, namespace: string, ours?: Resource): Resource {
  const { metadata } = object;
  const { apiVersion = "", kind = "" } = textsOf(object);
  const rest = Object.fromEntries(Object.entries(object).filter(([key]) => !APART.includes(key)));
  const texts = textsOf(metadata);
  const own = texts["namespace"] ?? namespace;
  const name = texts["name"] ?? "";
  const group = apiVersion.split("/").slice(0, -1).join("/");
  const labels = (key: "labels" | "annotations"): JsonObject => {
    const known = ours && [...keysAt(ours.content[key]), ...keysAt(lastApplied(metadata), "metadata", key)];
    const given = Object.entries(textsOf(valueAt(metadata, key))).map(([label, text]) => [label, madeBy(label, text)]);
    return Object.fromEntries(
      given.filter(([label = ""]) => label !== LAST_APPLIED && (known?.includes(label) ?? true)),
    );
  };
  const content = {
    labels: labels("labels"),
    annotations: labels("annotations"),
    ...(withJson(rest) as JsonObject),
  };
  return { id: [kind, group, own, name].join("|"), kind, namespace: own, name, content };
}

/** Helm calls itself the manager of all that it installs: of what we have made, too. */
function madeBy(label: string, text: string): string {
  return label === MANAGED_BY && text === "Helm" ? "tidegate" : text;
}

/** Whether `generate` made an object, as the label says, or, where Helm writes over it, the annotation. */
export function isOurs(object: JsonObject): boolean {
  const isLabelled = textsOf(valueAt(object, "metadata", "labels"))[MANAGED_BY] === "tidegate";
  return isLabelled || OWNER in textsOf(valueAt(object, "metadata", "annotations"));
}

function keysAt(value: unknown, ...path: string[]): string[] {
  const found = valueAt(value, ...path);
  return isObject(found) ? Object.keys(found) : [];
}

/** What was applied before: labels that stand there were ours, even if they are not any more. */
function lastApplied(metadata: unknown): unknown {
  return parsed(textsOf(valueAt(metadata, "annotations"))[LAST_APPLIED] ?? "null");
}

/** Levels of nesting in what plugins get as text; a text with more is compared as one. */
const MAX_DEPTH = 100;
const STRING_VALUE = "type.googleapis.com/google.protobuf.StringValue";

/** A value in which the JSON that plugins get as text is an object. */
function withJson(value: unknown): unknown {
  if (Array.isArray(value)) return itemsOf(value).map(withJson);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withJson(inner)] as const);
  const { "@type": type, value: text } = value;
  if (type !== STRING_VALUE || typeof text !== "string") return Object.fromEntries(entries);
  const json = parsed(text);
  const unread = `no JSON object (sha256 ${shortHash(text)})`; // whatever it is, ids may be in it
  return Object.fromEntries([...entries, ["value", isObject(json) ? json : unread]]);
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}
