import { Status } from "./abi.js";
import { latin1, utf8ByteString } from "./bytes.js";
import { serializePairs } from "./pairs.js";
import type { Plugin } from "./plugin.js";
import type { StreamContext } from "./stream-context.js";
import { streamProperty } from "./stream-properties.js";

/**
 * The value of a property. Text becomes UTF-8; a whole number and a bigint become 8 bytes (int64), a fraction, and any
 * number below `metadata`, 8 bytes (double), a boolean one byte; a map or a list becomes pairs.
 */
export type PropertyValue = string | number | bigint | boolean | Uint8Array | PropertyMap | readonly PropertyValue[];

/** Properties by name, nested or with dots: { source: { address: "…" } } and { "source.address": "…" } are the same. */
export interface PropertyMap {
  readonly [name: string]: PropertyValue;
}

/** A value that is a byte string already, as headers are. */
export class RawProperty {
  constructor(readonly byteString: string) {}
}

/** What a lookup finds: a value, a byte string, or a map of byte strings. */
export type FoundProperty = PropertyValue | RawProperty | undefined;

const SEPARATOR = "\0";
const paths = new Map<string, string[]>();
const PATHS_MAX = 10_000;

/** The segments of a path. A separator at its end is ignored, as in Envoy. */
function segmentsOf(path: string): string[] {
  let segments = paths.get(path);
  if (!segments) {
    segments = (path.endsWith(SEPARATOR) ? path.slice(0, -1) : path).split(SEPARATOR);
    if (paths.size < PATHS_MAX) paths.set(path, segments);
  }
  return segments;
}

/** Names of older Envoys that 1.40 answers with NotFound; their values are found below `xds`. */
const RETIRED = new Set([
  "node",
  "listener_direction",
  "listener_metadata",
  "cluster_name",
  "cluster_metadata",
  "route_name",
  "route_metadata",
  "upstream_host_metadata",
]);
/** Objects that exist only as the beginning of a path: alone they cannot be serialised. */
const OBJECTS_OF_STREAMS = new Set([
  "request",
  "response",
  "connection",
  "upstream",
  "source",
  "destination",
  "filter_state",
]);

/** Of protobuf Structs, which have doubles only. */
const METADATA = "metadata";

function isObject(name: string, stream?: StreamContext): boolean {
  if (name === "upstream_filter_state") return stream?.requestPassed === true;
  return name === "xds" || (stream !== undefined && OBJECTS_OF_STREAMS.has(name));
}

/**
 * proxy_get_property: what the stream was opened with goes first, then what the plugin and the process were, then
 * what the host knows by itself.
 * @returns a byte string, or NotFound, or SerializationFailure for the empty path.
 */
export function readProperty(path: string, plugin: Plugin, stream?: StreamContext): string | Status {
  if (path === "") return Status.SerializationFailure;
  const segments = segmentsOf(path);
  const [name] = segments as [string];
  if (RETIRED.has(name)) return Status.NotFound;
  if (segments.length === 1 && isObject(name, stream)) return Status.SerializationFailure;
  const found =
    (stream && lookUp(stream.properties, segments, 0)) ??
    lookUp(plugin.properties, segments, 0) ??
    lookUp(plugin.vm.proxy.properties, segments, 0) ??
    pluginProperty(segments, plugin) ??
    (stream && streamProperty(segments, stream));
  return found === undefined ? Status.NotFound : serialize(found, name === METADATA);
}

function pluginProperty(segments: string[], plugin: Plugin): FoundProperty {
  switch (segments.join(SEPARATOR)) {
    case "plugin_name":
      return plugin.name;
    case "plugin_root_id":
      return plugin.rootId;
    case "plugin_vm_id":
      return plugin.vm.vmId;
    case "xds\0node\0id":
      return plugin.vm.proxy.nodeId;
    default:
      return undefined;
  }
}

/** Takes as many segments as it can at each level, because names may have dots in them. */
function lookUp(map: PropertyMap | undefined, segments: string[], from: number): FoundProperty {
  if (!map) return undefined;
  for (let to = segments.length; to > from; to--) {
    const name = to === from + 1 ? segments[from]! : segments.slice(from, to).join(".");
    if (!Object.hasOwn(map, name)) continue;
    const value = map[name]!;
    if (to === segments.length) return value;
    const inner = descend(value, segments, to);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function descend(value: PropertyValue, segments: string[], from: number): FoundProperty {
  if (Array.isArray(value)) {
    const element = /^\d+$/.test(segments[from]!) ? (value[Number(segments[from])] as PropertyValue) : undefined;
    return element === undefined || from + 1 === segments.length ? element : descend(element, segments, from + 1);
  }
  return isMap(value) ? lookUp(value, segments, from) : undefined;
}

function isMap(value: PropertyValue): value is PropertyMap {
  return typeof value === "object" && !(value instanceof Uint8Array) && !Array.isArray(value);
}

/** @param doubles whole numbers are doubles too. */
function serialize(value: Exclude<FoundProperty, undefined>, doubles: boolean): string {
  if (value instanceof RawProperty) return value.byteString;
  switch (typeof value) {
    case "string":
      return utf8ByteString(value);
    case "boolean":
      return value ? "\x01" : "\0";
    case "bigint":
      return int64(value);
    case "number":
      return Number.isInteger(value) && !doubles ? int64(BigInt(value)) : float64(value);
  }
  if (value instanceof Uint8Array) return latin1(value);
  const pairs: [string, string][] = Array.isArray(value)
    ? (value as readonly PropertyValue[]).map((element) => [serialize(element, doubles), ""])
    : Object.entries(value).map(([name, element]) => [
        utf8ByteString(name),
        serialize(element as PropertyValue, doubles),
      ]);
  return latin1(serializePairs(pairs));
}

function int64(value: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt.asIntN(64, value));
  return bytes.toString("latin1");
}

function float64(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString("latin1");
}
