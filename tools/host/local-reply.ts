import type { HeaderList } from "./abi.js";
import { fromLatin1 } from "./bytes.js";
import type { LocalReplyRequest } from "./context.js";
import { HeaderMap } from "./header-map.js";

/** The answer that the plugin, or Envoy for it, gave instead of the upstream's. */
export interface LocalResponse {
  /** As sent: Envoy keeps 16 bits of what the module asked for, and any number is sent. */
  status: number;
  /** %RESPONSE_CODE_DETAILS%, white space replaced by underscores. */
  details: string;
  /** The headers that the module added, names in lower case; the whole set is the stream's response. */
  headers: HeaderList;
  body: Uint8Array;
  /** What the module passed; above 16 (or -1) means none. */
  grpcStatus: number;
}

const GRPC_MAX = 16;
const GRPC_BY_HTTP: Record<number, number> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };
const GRPC_UNKNOWN = 2;

export function localResponse(reply: LocalReplyRequest): LocalResponse {
  return {
    status: reply.status & 0xffff,
    details: reply.details.replace(/[ \t\n\v\f\r]/g, "_"),
    headers: reply.headers.map(([name, value]) => [name.toLowerCase(), value]),
    body: reply.body,
    grpcStatus: reply.grpcStatus,
  };
}

/** The response that Envoy makes of it before the filters see it. A gRPC request gets 200 with trailers only. */
export function replyHeaders(reply: LocalResponse, isGrpc: boolean): { headers: HeaderMap; body: Uint8Array } {
  const headers = new HeaderMap("response-headers", [[":status", isGrpc ? "200" : String(reply.status)]]);
  if (isGrpc) {
    headers.add("content-type", "application/grpc");
    headers.add("grpc-status", String(grpcStatus(reply)));
    if (reply.body.length > 0) headers.add("grpc-message", grpcMessage(reply.body));
  }
  for (const [name, value] of reply.headers) headers.add(name, value);
  if (isGrpc) return { headers, body: fromLatin1("") };
  if (reply.body.length === 0) {
    headers.remove("content-length");
    headers.remove("content-type");
  } else {
    headers.replace("content-length", String(reply.body.length));
    if (headers.first("content-type") === undefined) headers.add("content-type", "text/plain");
  }
  return { headers, body: reply.body };
}

function grpcStatus(reply: LocalResponse): number {
  if (reply.grpcStatus >= 0 && reply.grpcStatus <= GRPC_MAX) return reply.grpcStatus;
  return GRPC_BY_HTTP[reply.status] ?? GRPC_UNKNOWN;
}

function grpcMessage(body: Uint8Array): string {
  let message = "";
  for (const byte of body) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    message += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return message;
}
