import { isIP } from "node:net";
import { type HeaderList, type PropertyMap, type PropertyValue, utf8ByteString } from "../host/index.js";

/** A request as people describe it. */
export interface Described {
  method: string;
  /** With the query. */
  path: string;
  authority?: string;
  headers: [name: string, value: string][];
  clientAddress: string;
  /** URI in the client's certificate. */
  sourceIdentity?: string;
  /** What the token says, by name; names inside one another with dots between. */
  claims: [name: string, value: PropertyValue][];
  /** Where the jwt_authn filter puts the token's payload. */
  payload: string;
}

/** The same as a proxy has it. */
export interface Request {
  headers: HeaderList;
  properties: PropertyMap;
}

const DEFAULT_AUTHORITY = "localhost";
/** Any: nothing depends on it. */
const CLIENT_PORT = 50000;

/** What Envoy hands to a plugin for such a request. A header `host` is the authority, as in HTTP/1. */
export function requestOf(described: Described): Request {
  const { method, path, headers, claims, payload, clientAddress, sourceIdentity } = described;
  const all: [string, string][] = [
    [":method", method],
    [":scheme", "http"],
    [":authority", authorityOf(described)],
    [":path", path],
    ...headers.filter(([name]) => !isHost(name)),
  ];
  const address = isIP(clientAddress) === 6 ? `[${clientAddress}]` : clientAddress;
  const properties = {
    source: { address: `${address}:${CLIENT_PORT}` },
    ...(sourceIdentity === undefined ? {} : { connection: { uri_san_peer_certificate: sourceIdentity } }),
    metadata: {
      filter_metadata: { "envoy.filters.http.jwt_authn": { [payload]: Object.fromEntries(claims) } },
    },
  };
  return { headers: all.map(([name, value]) => [name.toLowerCase(), utf8ByteString(value)]), properties };
}

/** Where the request goes. */
export function authorityOf({ authority, headers }: Described): string {
  return authority ?? headers.find(([name]) => isHost(name))?.[1] ?? DEFAULT_AUTHORITY;
}

function isHost(name: string): boolean {
  return name.toLowerCase() === "host";
}
