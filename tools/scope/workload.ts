import { type JsonObject, textsOf, valueAt } from "../diff/json.js";
import { isObject } from "../is-object.js";

/** Whose Sidecar it is. */
export interface Workload {
  /** Of the Sidecar itself. */
  name: string;
  namespace: string;
  /** Undefined: every workload of the namespace. */
  labels: Record<string, string> | undefined;
  /** The namespace of istiod. */
  controlPlane: string;
}

/** What options say of it; the rest is the proxy's own node, from its config dump. */
export interface SaidOfWorkload {
  namespace?: string | undefined;
  workload?: Record<string, string> | undefined;
  namespaceWide?: boolean | undefined;
  name?: string | undefined;
}

/** Labels by which people tell workloads apart, the usual first. */
const TELLING = ["app", "app.kubernetes.io/name", "k8s-app"];

/** @returns what is not known, in the place of a workload, when something is not. */
export function workloadOf(said: SaidOfWorkload, node: JsonObject | undefined): Workload | { missing: string } {
  const [, , pod = "", domain = ""] = String(node?.["id"] ?? "").split("~");
  const metadata = valueAt(node, "metadata");
  const namespace = said.namespace ?? textsOf(metadata)["NAMESPACE"] ?? domain.split(".")[0] ?? "";
  if (namespace === "") return { missing: "namespace" };
  const controlPlane = controlPlaneOf(metadata);
  if (said.namespaceWide) return { name: said.name ?? "default", namespace, labels: undefined, controlPlane };
  const labels = said.workload ?? tellingLabels(textsOf(valueAt(metadata, "LABELS")));
  if (!labels) return { missing: "labels" };
  const [first = pod] = Object.values(labels);
  return { name: said.name ?? nameFrom(first), namespace, labels, controlPlane };
}

function tellingLabels(labels: Record<string, string>): Record<string, string> | undefined {
  const key = TELLING.find((one) => labels[one] !== undefined);
  return key === undefined ? undefined : { [key]: labels[key]! };
}

/** A label's value as the name of an object. */
function nameFrom(label: string): string {
  const name = label
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" ? "scope" : name.slice(0, 63);
}

/** From the address of istiod, `istiod.NAMESPACE.svc:PORT`. */
function controlPlaneOf(metadata: unknown): string {
  const config = valueAt(metadata, "PROXY_CONFIG");
  const address = isObject(config) ? (textsOf(config)["discoveryAddress"] ?? "") : "";
  return /^[^.]+\.([a-z0-9-]+)\.svc\b/.exec(address)?.[1] ?? "istio-system";
}
