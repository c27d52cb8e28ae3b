import { RESERVED_PORTS } from "../policy/reserved-ports.js";
import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { pathIn, type Resource, selectorOf, warning } from "./resource.js";

const ROOT_NAMESPACE = "istio-system";
/** Labels of gateways' pods, whose requests have one direction and which often are in the root namespace. */
const GATEWAY_LABELS = ["istio", "gateway.networking.k8s.io/gateway-name", "higress"];

/** Whether a resource selects gateways, as far as its labels tell. */
export function selectsGateway(resource: Resource): boolean {
  const labels = selectorOf(resource)?.at(resource.kind === "EnvoyFilter" ? "labels" : "matchLabels");
  const keys = (labels?.members() ?? []).map(([key]) => key);
  return resource.spec.at("targetRefs") !== undefined || keys.some((key) => GATEWAY_LABELS.includes(key));
}

/** Whom a resource reaches: which proxies, of which namespaces. */
export function reachFaults(resource: Resource): Fault[] {
  return [...selectorFaults(resource), ...targetFaults(resource)];
}

function selectorFaults(resource: Resource): Fault[] {
  const { kind, namespace, spec } = resource;
  const selector = selectorOf(resource);
  const labels = selector?.at(kind === "EnvoyFilter" ? "labels" : "matchLabels");
  const hasTargets = spec.at("targetRefs") !== undefined || spec.at("targetRef") !== undefined;
  const isRoot = namespace === ROOT_NAMESPACE;
  if (labels && labels.members().length > 0)
    return isRoot && !selectsGateway(resource) ? [rootNamespace(resource, true)] : [];
  if (selector) return [emptySelector(selector, resource)];
  if (hasTargets) return [];
  return [isRoot ? rootNamespace(resource, false) : noSelector(resource)];
}

function noSelector(resource: Resource): Fault {
  const key = resource.kind === "EnvoyFilter" ? "workloadSelector: { labels" : "selector: { matchLabels";
  const message = `the ${resource.kind} selects no workload, so every proxy of its namespace gets it`;
  const remedy = `Add ${key}: { app: ... } } unless that is meant`;
  return warning({ code: "TG3704", path: pathIn(resource, "spec"), at: "key", message, remedy });
}

function rootNamespace(resource: Resource, isSelected: boolean): Fault {
  const whom = isSelected ? "matching workloads of every namespace" : "every proxy of the mesh";
  const message = `${ROOT_NAMESPACE} is Istio's root namespace, so the ${resource.kind} reaches ${whom}`;
  const remedy = "Put it into the workload's own namespace unless this is meant";
  return warning({ code: "TG3705", path: pathIn(resource, "metadata", "namespace"), message, remedy });
}

/** A selector was begun, and nothing selected: hardly meant. */
function emptySelector(selector: Node, resource: Resource): Fault {
  const key = resource.kind === "EnvoyFilter" ? "labels" : "matchLabels";
  const message = `the selector has no ${key}, so every proxy of the namespace gets the ${resource.kind}`;
  return { code: "TG3704", path: selector.path, message, remedy: `Add ${key}, or remove the selector` };
}

function targetFaults({ spec, kind }: Resource): Fault[] {
  const selector = kind === "EnvoyFilter" ? "workloadSelector" : "selector";
  const given = [selector, "targetRef", "targetRefs"].filter((key) => spec.at(key) !== undefined);
  const last = given.at(-1);
  if (last === undefined || given.length < 2) return [];
  const message = `${given.join(" and ")} exclude each other`;
  return [{ code: "TG2008", path: [...spec.path, last], at: "key", message, remedy: "Keep one of them" }];
}

/** A port that Istio keeps for itself, where a plugin would never see an application's request. */
export function reservedPort(port: Node | undefined): Fault[] {
  if (port?.number === undefined || !RESERVED_PORTS.has(port.number)) return [];
  const message = `port ${port.number} belongs to Istio itself, so no request of an application comes there`;
  return [{ code: "TG3706", path: port.path, message, remedy: "Name the application's port" }];
}
