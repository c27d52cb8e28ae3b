import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { DEPRECATED, ISTIO_HTTP_FILTERS, ISTIO_NETWORK_FILTERS } from "./filter-names.js";
import { down, type Resource, warning } from "./resource.js";

/** Operations that place something by something else, which another EnvoyFilter may be yet to put there. */
const RELATIVE: ReadonlySet<string> = new Set(["INSERT_BEFORE", "INSERT_AFTER", "REMOVE", "REPLACE"]);
const ROUTE_KINDS: ReadonlySet<string> = new Set(["ROUTE_CONFIGURATION", "HTTP_ROUTE"]);
const REPLACEABLE: ReadonlySet<string> = new Set(["NETWORK_FILTER", "HTTP_FILTER", "VIRTUAL_HOST", "LISTENER_FILTER"]);

/** What of a patch's operation istiod leaves out, or does depending on which EnvoyFilter is the older one. */
export function operationFaults(patch: Node, resource: Resource): Fault[] {
  const applyTo = patch.at("applyTo")?.text;
  const operation = down(patch, "patch", "operation");
  if (applyTo === undefined || operation?.text === undefined) return [];
  return [
    ...ignored(applyTo, operation, operation.text),
    ...unordered(patch, operation, resource),
    ...withoutValue(patch, operation, operation.text),
    ...withoutFilter(patch, applyTo, operation, operation.text),
  ];
}

function ignored(applyTo: string, { path }: Node, operation: string): Fault[] {
  const fault = (message: string, remedy: string): Fault[] => [{ code: "TG3707", path, message, remedy }];
  if (operation === "ADD" && ROUTE_KINDS.has(applyTo)) {
    const message = `${applyTo} takes no ADD: it is ignored, or goes behind the route that takes every request`;
    return fault(message, "Use MERGE into a route that is there, INSERT_FIRST, or a VirtualService");
  }
  if (operation === "REMOVE" && applyTo === "ROUTE_CONFIGURATION")
    return fault("ROUTE_CONFIGURATION takes no REMOVE, which is ignored", "Patch the routes in it");
  if (operation === "REPLACE" && !REPLACEABLE.has(applyTo))
    return fault(`${applyTo} takes no REPLACE, which is ignored`, "Use MERGE, or REMOVE and ADD");
  if (applyTo === "EXTENSION_CONFIG" && operation !== "ADD")
    return fault(`EXTENSION_CONFIG takes ADD alone, and ${operation} is ignored`, "Write operation: ADD");
  return [];
}

/** Filters that are there before any EnvoyFilter is. */
const ISTIOS: ReadonlySet<string> = new Set([...ISTIO_HTTP_FILTERS, ...ISTIO_NETWORK_FILTERS, ...DEPRECATED.keys()]);

/** Without a priority patches of several EnvoyFilters apply by their age: IST0151, with a proxyVersion IST0155. */
function unordered(patch: Node, { text = "", path }: Node, { spec }: Resource): Fault[] {
  const priority = spec.at("priority")?.number ?? 0;
  if (priority !== 0 || !RELATIVE.has(text)) return [];
  const name = anchorOf(patch)?.text;
  const isIstios = name === undefined || ISTIOS.has(name);
  const remedy = "Add priority to spec, greater than that of the EnvoyFilter which puts it there";
  if (!isIstios) {
    const message = `${text} by ${name} without a priority: whether it is there yet depends on which EnvoyFilter is older`;
    return [{ code: "TG3708", path, message, remedy }];
  }
  const message = `${text} without a priority: among several EnvoyFilters the older one comes first, whichever that is`;
  return [warning({ code: "TG3708", path, message, remedy: "Add priority to spec" })];
}

/** The filter that a patch places something by: the HTTP filter, else the network filter. */
function anchorOf(patch: Node): Node | undefined {
  const filter = down(patch, "match", "listener", "filterChain", "filter");
  return down(filter, "subFilter", "name") ?? filter?.at("name");
}

function withoutValue(patch: Node, { path }: Node, operation: string): Fault[] {
  const value = down(patch, "patch", "value");
  if (operation === "REMOVE" || value !== undefined) return [];
  return [{ code: "TG2002", path, message: `${operation} without a value patches nothing`, remedy: "Add patch.value" }];
}

/** Of HTTP filters these act on the one that is named, and on all of them when none is. */
function withoutFilter(patch: Node, applyTo: string, { path }: Node, operation: string): Fault[] {
  if (applyTo !== "HTTP_FILTER") return [];
  if (operation === "ADD") return [behindRouter(path)];
  if (down(patch, "match", "listener", "filterChain", "filter", "subFilter")) return [];
  const remedy = "Name the HTTP filter in match.listener.filterChain.filter.subFilter";
  if (operation === "MERGE") {
    const message = "MERGE without a subFilter goes into every HTTP filter of the chain";
    return [{ code: "TG3709", path, message, remedy }];
  }
  if (operation !== "REMOVE" && operation !== "REPLACE") return [];
  return [{ code: "TG3709", path, message: `${operation} without a subFilter is ignored`, remedy }];
}

function behindRouter(path: Fault["path"]): Fault {
  const message = "ADD puts an HTTP filter behind the router, which Envoy refuses: the router must be the last one";
  return {
    code: "TG3709",
    path,
    message,
    remedy: "Use INSERT_BEFORE with the subFilter envoy.filters.http.router, and a priority",
  };
}
