import leven from "leven";
import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { quote } from "../validate/words.js";
import { DEPRECATED, HTTP_MANAGER, isExtension, ISTIO_HTTP_FILTERS, ISTIO_NETWORK_FILTERS } from "./filter-names.js";
import { reservedPort } from "./reach.js";
import { down, warning } from "./resource.js";

/** What of a proxy's configuration each kind of patch is matched by. */
const MATCHED_BY: Record<string, string | undefined> = {
  LISTENER: "listener",
  LISTENER_FILTER: "listener",
  FILTER_CHAIN: "listener",
  NETWORK_FILTER: "listener",
  HTTP_FILTER: "listener",
  ROUTE_CONFIGURATION: "routeConfiguration",
  VIRTUAL_HOST: "routeConfiguration",
  HTTP_ROUTE: "routeConfiguration",
  CLUSTER: "cluster",
};
const MATCHES = ["listener", "routeConfiguration", "cluster", "waypoint"];

/** What of a patch's match selects nothing, or more than it looks. @param added names of filters that others put there. */
export function matchFaults(patch: Node, added: ReadonlySet<string>): Fault[] {
  const applyTo = patch.at("applyTo")?.text ?? "";
  const match = patch.at("match");
  const filter = down(match, "listener", "filterChain", "filter");
  return [
    ...wrongKind(applyTo, match),
    ...managerFaults(applyTo, filter),
    ...nameFaults(filter?.at("name"), ISTIO_NETWORK_FILTERS, added),
    ...nameFaults(down(filter, "subFilter", "name"), ISTIO_HTTP_FILTERS, added),
    ...(applyTo === "LISTENER" ? [] : reservedPort(down(match, "listener", "portNumber"))),
    ...directionFaults(patch, applyTo, match),
  ];
}

function wrongKind(applyTo: string, match: Node | undefined): Fault[] {
  const wanted = MATCHED_BY[applyTo];
  const given = MATCHES.filter((key) => match?.at(key) !== undefined && key !== "waypoint");
  const wrong = given.find((key) => key !== wanted);
  if (wrong === undefined || (wanted === undefined && applyTo !== "EXTENSION_CONFIG")) return [];
  const message = `${applyTo} is not matched by ${wrong}`;
  const remedy = wanted === undefined ? `Remove ${wrong}` : `Write ${wanted} instead`;
  return [{ code: "TG3709", path: match!.at(wrong)!.path, at: "key", message, remedy }];
}

/** HTTP filters are in the HTTP connection manager. */
function managerFaults(applyTo: string, filter: Node | undefined): Fault[] {
  const subFilter = filter?.at("subFilter");
  if (!filter || !subFilter || applyTo === "") return [];
  const name = filter.at("name");
  const isManager =
    name?.text === HTTP_MANAGER || (name?.text !== undefined && DEPRECATED.get(name.text) === HTTP_MANAGER);
  if (applyTo !== "HTTP_FILTER") {
    const message = `${applyTo} has no subFilter: only HTTP_FILTER has`;
    return [
      { code: "TG3709", path: subFilter.path, at: "key", message, remedy: "Remove it, or write applyTo: HTTP_FILTER" },
    ];
  }
  const faults: Fault[] = [];
  if (!isManager) {
    const message = "a subFilter is one of the HTTP connection manager's, which is not what is named here";
    faults.push({ code: "TG3709", path: (name ?? filter).path, message, remedy: `Write name: ${HTTP_MANAGER}` });
  }
  if (!subFilter.at("name")?.text) {
    const message = "a subFilter without a name matches nothing";
    faults.push({ code: "TG3709", path: subFilter.path, at: "key", message, remedy: "Add its name" });
  }
  return faults;
}

function nameFaults(node: Node | undefined, known: readonly string[], added: ReadonlySet<string>): Fault[] {
  const name = node?.text;
  if (!node || !name || known.includes(name) || added.has(name) || isExtension(name)) return [];
  const now = DEPRECATED.get(name);
  const { path } = node;
  if (now !== undefined) {
    const message = `${name} is a name of the past, which matches nothing any more: istiod says nothing of it`;
    return [{ code: "TG3710", path, message, remedy: `Write ${now}` }];
  }
  const near = known.find((other) => leven(lastWord(name), lastWord(other)) <= 1);
  const message = `Istio puts no filter ${quote(name)} into a chain; a patch by a filter that is not there is left out silently`;
  if (near !== undefined) return [{ code: "TG3710", path, message, remedy: `Did you mean "${near}"?` }];
  return [warning({ code: "TG3710", path, message, remedy: "Correct it, unless another EnvoyFilter puts it there" })];
}

function lastWord(name: string): string {
  return name.split(".").at(-1) ?? name;
}

/** Without a context a patch is for sidecars' both directions and for gateways. */
function directionFaults(patch: Node, applyTo: string, match: Node | undefined): Fault[] {
  const context = match?.at("context")?.text ?? "ANY";
  if (context !== "ANY" || (applyTo !== "HTTP_FILTER" && applyTo !== "NETWORK_FILTER")) return [];
  const message = "without a context the patch is for requests that come in, for those that go out, and for gateways";
  const remedy = "Add context: SIDECAR_INBOUND, SIDECAR_OUTBOUND or GATEWAY to match";
  const place = match?.at("context") ?? match ?? patch;
  return [warning({ code: "TG3726", path: place.path, at: "key", message, remedy })];
}
