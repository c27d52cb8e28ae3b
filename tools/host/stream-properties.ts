import { latin1 } from "./bytes.js";
import type { HeaderMap } from "./header-map.js";
import { serializePairs } from "./pairs.js";
import { type FoundProperty, RawProperty } from "./properties.js";
import type { StreamContext } from "./stream-context.js";

type Reader = (stream: StreamContext) => FoundProperty;

const header =
  (name: string): Reader =>
  (stream) =>
    raw(stream.propertyRequestHeaders?.first(name));

const REQUEST: Record<string, Reader> = {
  path: header(":path"),
  method: header(":method"),
  scheme: header(":scheme"),
  host: header(":authority"),
  referer: header("referer"),
  id: header("x-request-id"),
  useragent: header("user-agent"),
  url_path: (stream) => pathPart(stream, (path) => path.split("?", 1)[0]!),
  query: (stream) => pathPart(stream, (path) => (path.includes("?") ? path.slice(path.indexOf("?") + 1) : "")),
  headers: (stream) => headerPairs(stream.propertyRequestHeaders),
  headers_bytes: (stream) => BigInt(stream.propertyRequestHeaders?.byteSize ?? 0),
  size: (stream) => requestSize(stream),
  total_size: (stream) => BigInt(stream.bytesReceived + (stream.propertyRequestHeaders?.byteSize ?? 0)),
  protocol: () => "HTTP/1.1",
  time: (stream) => stream.startNs,
  duration: (stream) => stream.durationNs,
};

const RESPONSE: Record<string, Reader> = {
  code: (stream) => (stream.responseCode === undefined ? undefined : BigInt(stream.responseCode)),
  code_details: (stream) => stream.responseCodeDetails,
  headers: (stream) => headerPairs(stream.propertyResponseHeaders),
  trailers: (stream) => headerPairs(stream.propertyResponseTrailers),
  headers_bytes: (stream) => BigInt(stream.propertyResponseHeaders?.byteSize ?? 0),
  size: (stream) => BigInt(stream.bytesSent),
  total_size: (stream) => BigInt(stream.bytesSent + (stream.propertyResponseHeaders?.byteSize ?? 0)),
  flags: () => 0n,
};

/** What the host knows of a stream by itself; the rest a test gives as `properties`. */
export function streamProperty(segments: readonly string[], stream: StreamContext): FoundProperty {
  const [object, field, name] = segments;
  if (segments.length === 1) return raw(stream.filterState.get(`wasm.${object}`));
  switch (object) {
    case "request":
      if (field === "headers" && name !== undefined) return oneHeader(stream.propertyRequestHeaders, segments);
      return segments.length === 2 ? own(REQUEST, field!)?.(stream) : undefined;
    case "response":
      if (field === "headers" && name !== undefined) return oneHeader(stream.propertyResponseHeaders, segments);
      if (field === "trailers" && name !== undefined) return oneHeader(stream.propertyResponseTrailers, segments);
      return segments.length === 2 ? own(RESPONSE, field!)?.(stream) : undefined;
    case "filter_state":
      return segments.length === 2 ? raw(stream.filterState.get(field!)) : undefined;
    default:
      return undefined;
  }
}

function own(readers: Record<string, Reader>, name: string): Reader | undefined {
  return Object.hasOwn(readers, name) ? readers[name] : undefined;
}

function raw(byteString: string | undefined): RawProperty | undefined {
  return byteString === undefined ? undefined : new RawProperty(byteString);
}

/** The values of a repeated header are joined by commas, unlike what proxy_get_header_map_value returns. */
function oneHeader(map: HeaderMap | undefined, segments: readonly string[]): FoundProperty {
  return segments.length === 3 ? raw(map?.joined(segments[2]!)) : undefined;
}

function headerPairs(map: HeaderMap | undefined): FoundProperty {
  const names = new Set((map?.entries() ?? []).map(([name]) => name));
  return new RawProperty(latin1(serializePairs([...names].map((name) => [name, map!.joined(name)!]))));
}

function pathPart(stream: StreamContext, part: (path: string) => string): FoundProperty {
  const headers = stream.propertyRequestHeaders;
  return headers && raw(part(headers.first(":path") ?? ""));
}

function requestSize(stream: StreamContext): FoundProperty {
  const length = stream.propertyRequestHeaders?.first("content-length");
  if (length === undefined) return BigInt(stream.bytesReceived);
  return /^\d{1,18}$/.test(length) ? BigInt(length) : undefined;
}
