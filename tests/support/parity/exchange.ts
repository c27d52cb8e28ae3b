import { connect } from "node:net";
import type { Pairs } from "./script.js";

/** One piece of a body, sent on its own. */
export type Pieces = readonly string[];

export interface RequestSpec {
  method?: string;
  path?: string;
  /** As written on the wire, after host. */
  headers?: Pairs;
  /** Sent chunked, each piece when the one before has had time to arrive. */
  body?: Pieces;
  trailers?: Pairs;
}

/** What a client got. Names as on the wire. */
export interface ReceivedResponse {
  /** The status line's number; 0 when the connection closed without an answer. */
  status: number;
  headers: Pairs;
  body: string;
  trailers: Pairs;
}

const PIECE_INTERVAL_MS = 60;
const TIMEOUT_MS = 8_000;

/** Sends one HTTP/1.1 request byte by byte as specified and reads until the connection closes. */
export async function exchange(port: number, request: RequestSpec): Promise<ReceivedResponse> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const received: Buffer[] = [];
  socket.on("data", (data) => received.push(data));
  const closed = new Promise<void>((resolve, reject) => {
    socket.once("close", () => resolve());
    socket.once("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? resolve() : reject(error)));
    socket.setTimeout(TIMEOUT_MS, () => reject(new Error(`no answer from port ${port} within ${TIMEOUT_MS} ms`)));
  });
  try {
    await send(request, (text) => socket.write(text, "latin1"));
    await closed;
  } finally {
    socket.destroy();
  }
  return parseResponse(Buffer.concat(received).toString("latin1"));
}

async function send(request: RequestSpec, write: (text: string) => void): Promise<void> {
  const { method = "GET", path = "/", headers = [], body, trailers = [] } = request;
  const lines = [`${method} ${path} HTTP/1.1`, "host: parity.test", "connection: close"];
  lines.push(...headers.map(([name, value]) => `${name}: ${value}`));
  if (body) lines.push("transfer-encoding: chunked");
  write(`${lines.join("\r\n")}\r\n\r\n`);
  if (!body) return;
  for (const piece of body) {
    await new Promise((resolve) => setTimeout(resolve, PIECE_INTERVAL_MS));
    write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  await new Promise((resolve) => setTimeout(resolve, PIECE_INTERVAL_MS));
  write(`0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
}

/** Reads a response whose end is the end of the connection. */
function parseResponse(text: string): ReceivedResponse {
  const split = text.indexOf("\r\n\r\n");
  if (split < 0) return { status: 0, headers: [], body: "", trailers: [] };
  const [statusLine = "", ...lines] = text.slice(0, split).split("\r\n");
  const headers = parseHeaders(lines);
  const rest = text.slice(split + 4);
  const chunked = headers.some(([name, value]) => name === "transfer-encoding" && value === "chunked");
  const { body, trailers } = chunked ? dechunk(rest) : { body: rest, trailers: [] };
  return { status: Number(statusLine.split(" ")[1]), headers, body, trailers };
}

function parseHeaders(lines: string[]): Pairs {
  return lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
}

function dechunk(text: string): { body: string; trailers: Pairs } {
  let body = "";
  for (let at = 0; ;) {
    const end = text.indexOf("\r\n", at);
    const size = end < 0 ? NaN : parseInt(text.slice(at, end), 16);
    if (!(size > 0)) {
      const lines = text.slice(end + 2).split("\r\n");
      return { body, trailers: parseHeaders(lines.filter((line) => line !== "")) };
    }
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}
