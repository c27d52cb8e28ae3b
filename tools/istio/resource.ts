import type { Fault, Path } from "../policy/fault.js";
import { Node } from "../policy/node.js";
import type { SourceDocument } from "../policy/source-document.js";

/** An object of Kubernetes as it stands in a document, by itself or as an item of a List. */
export interface Resource {
  document: SourceDocument;
  apiVersion: string;
  kind: string;
  /** "" when it has none. */
  name: string;
  /** Undefined when it names none. */
  namespace: string | undefined;
  /** The whole object; paths are counted from the top of the document. */
  root: Node;
  spec: Node;
}

/** Resources that `validate` looks into; others beside them are left alone. */
const READ_KINDS = ["EnvoyFilter", "WasmPlugin", "TrafficExtension", "Service", "ServiceEntry"] as const;

/** What else often stands beside them, so that a document of such a kind is no misspelt policy. */
const KNOWN_KINDS: ReadonlySet<string> = new Set([
  ...READ_KINDS,
  ...["List", "Telemetry", "VirtualService", "DestinationRule", "Gateway", "Sidecar", "HTTPRoute"],
  ...["EnvoyExtensionPolicy", "Deployment", "StatefulSet", "DaemonSet", "Pod", "ConfigMap", "Secret", "Namespace"],
]);
const POLICY_GROUP = "tidegate.dev/";

/** Whether a document is for Kubernetes, and no policy or what was meant to be one. */
export function isResource(value: unknown): boolean {
  const root = new Node(value, []);
  const kind = root.at("kind")?.text;
  const apiVersion = root.at("apiVersion")?.text ?? "";
  if (kind === undefined || kind === "PluginPolicy") return false;
  return KNOWN_KINDS.has(kind) || (apiVersion !== "" && !apiVersion.startsWith(POLICY_GROUP));
}

const MAX_LISTS = 8;

/** The objects of a document: the items of a List, however deep within reason, or the object itself. */
export function resourcesIn(document: SourceDocument): Resource[] {
  return objectsIn(new Node(document.value, []), 0).map((root) => resourceOf(root, document));
}

function objectsIn(root: Node, depth: number): Node[] {
  const items = root.at("items");
  const isList = root.at("kind")?.text?.endsWith("List") === true && Array.isArray(items?.value);
  if (!isList || depth > MAX_LISTS) return [root];
  return items!.items().flatMap((item) => objectsIn(item, depth + 1));
}

function resourceOf(root: Node, document: SourceDocument): Resource {
  const metadata = root.at("metadata");
  return {
    document,
    apiVersion: root.at("apiVersion")?.text ?? "",
    kind: root.at("kind")?.text ?? "",
    name: metadata?.at("name")?.text ?? "",
    namespace: metadata?.at("namespace")?.text,
    root,
    spec: root.at("spec") ?? new Node({}, [...root.path, "spec"]),
  };
}

/** `EnvoyFilter shop/reviews`, as messages call a resource. */
export function labelOf({ kind, namespace, name }: Resource): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The value that keys lead to; undefined when it is not there. */
export function down(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  return keys.reduce<Node | undefined>((found, key) => found?.at(key), node);
}

/** The labels by which a resource selects its proxies: one of the two kinds' own names for them. */
export function selectorOf({ kind, spec }: Resource): Node | undefined {
  return kind === "EnvoyFilter" ? spec.at("workloadSelector") : spec.at("selector");
}

/** What a resource of one of Istio's kinds for plugins says of a module; undefined where it has none. */
export function moduleOf({ kind, spec }: Resource): Node | undefined {
  return kind === "WasmPlugin" ? spec : kind === "TrafficExtension" ? spec.at("wasm") : undefined;
}

/** Texts of an object whose values are texts. */
export function textsOf(node: Node | undefined): Record<string, string> {
  const entries = node?.members().flatMap(([key, { text }]) => (text === undefined ? [] : [[key, text] as const]));
  return Object.fromEntries(entries ?? []);
}

/** A finding at a value or, when the value is not there, at the nearest thing around it. */
export function warning(fault: Omit<Fault, "severity">): Fault {
  return { ...fault, severity: "warning" };
}

export function pathIn(resource: Resource, ...steps: Path): Path {
  return [...resource.root.path, ...steps];
}
