import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { ecdsFaults } from "./ecds.js";
import { matchFaults } from "./patch-match.js";
import { operationFaults } from "./patch-operation.js";
import { down, type Resource, textsOf } from "./resource.js";
import { HTTP_WASM, TCP_WASM, type Typed, typedIn } from "./typed-config.js";
import { isWasm, wasmConfigFaults } from "./wasm-config.js";

/** What the EnvoyFilters of all files put into proxies beside each other. */
export interface Patched {
  /** Names of filters that patches insert. */
  filters: ReadonlySet<string>;
  /** Names of configurations that istiod sends by ECDS. */
  extensions: ReadonlySet<string>;
}

const INSERTS: ReadonlySet<string> = new Set(["ADD", "INSERT_BEFORE", "INSERT_AFTER", "INSERT_FIRST", "REPLACE"]);

/** What patches insert. */
export function patchedBy(resources: readonly Resource[]): Patched {
  const filters = new Set<string>();
  const extensions = new Set<string>();
  for (const patch of resources.flatMap(patchesOf)) {
    const { name } = textsOf(down(patch, "patch", "value"));
    const operation = down(patch, "patch", "operation")?.text ?? "";
    if (name === undefined || !INSERTS.has(operation)) continue;
    (patch.at("applyTo")?.text === "EXTENSION_CONFIG" ? extensions : filters).add(name);
  }
  return { filters, extensions };
}

export function patchesOf({ kind, spec }: Resource): Node[] {
  return kind === "EnvoyFilter" ? (spec.at("configPatches")?.items() ?? []) : [];
}

/** What of an EnvoyFilter istiod leaves out silently, or Envoy refuses. */
export function envoyFilterFaults(resource: Resource, patched: Patched): Fault[] {
  return patchesOf(resource).flatMap((patch) => [
    ...operationFaults(patch, resource),
    ...matchFaults(patch, patched.filters),
    ...valueFaults(patch, patched),
  ]);
}

function valueFaults(patch: Node, { extensions }: Patched): Fault[] {
  const value = down(patch, "patch", "value");
  if (!value) return [];
  const applyTo = patch.at("applyTo")?.text ?? "";
  const { typed, faults } = typedIn(value);
  const place = { isFetchedByAgent: applyTo === "EXTENSION_CONFIG" };
  return [
    ...faults,
    ...typed.filter(isWasm).flatMap((one) => [...wrongChain(applyTo, one), ...wasmConfigFaults(one, place)]),
    ...namelessFaults(patch, applyTo, value),
    ...(applyTo === "HTTP_FILTER" ? ecdsFaults(value, extensions) : []),
  ];
}

/** HTTP filters and filters of TCP connections have Wasm filters of their own. */
function wrongChain(applyTo: string, { type, typeNode: { path } }: Typed): Fault[] {
  const wrong = applyTo === "HTTP_FILTER" ? TCP_WASM : applyTo === "NETWORK_FILTER" ? HTTP_WASM : undefined;
  const hasManager = path.length > 8; // inside the connection manager, where HTTP filters are right
  if (type !== wrong || (applyTo === "NETWORK_FILTER" && hasManager)) return [];
  const right = wrong === TCP_WASM ? HTTP_WASM : TCP_WASM;
  const message = `${type.replace(/.*\//, "")} is no ${applyTo}`;
  return [{ code: "TG3711", path, message, remedy: `Write ${right}` }];
}

const FILTERS: ReadonlySet<string> = new Set(["HTTP_FILTER", "NETWORK_FILTER", "EXTENSION_CONFIG"]);
const CONFIGS = ["typed_config", "typedConfig", "config_discovery", "configDiscovery"];

/** A filter is found by its configuration's type, and told from others by its name. */
function namelessFaults(patch: Node, applyTo: string, value: Node): Fault[] {
  const operation = down(patch, "patch", "operation")?.text ?? "";
  if (!FILTERS.has(applyTo) || !INSERTS.has(operation)) return [];
  const faults: Fault[] = [];
  if (!value.at("name")?.text) {
    const message = "a filter without a name, which Envoy refuses";
    faults.push({ code: "TG3711", path: value.path, at: "key", message, remedy: "Add its name" });
  }
  if (!CONFIGS.some((key) => value.at(key) !== undefined)) {
    const message = "a filter without typed_config: Envoy no longer finds filters by their names";
    faults.push({ code: "TG3711", path: value.path, at: "key", message, remedy: "Add typed_config with @type" });
  }
  return faults;
}
