import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Pairs } from "./script.js";

export interface ResponseSpec {
  status?: number;
  headers?: Pairs;
  /** Sent chunked, each piece on its own. */
  body?: readonly string[];
  trailers?: Pairs;
  /** Waits before it answers. */
  delayMs?: number;
  /** Does not answer at all. */
  hangs?: boolean;
  /** Closes the connection instead. */
  resets?: boolean;
}

/** What the upstream got. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: Pairs;
  body: string;
  trailers: Pairs;
}

const PIECE_INTERVAL_MS = 60;

/** An upstream that answers each request as the test says and remembers what it got. */
export class ParityUpstream {
  next: ResponseSpec = {};
  /** The answer to requests for /callout, which a module makes itself. */
  callout: ResponseSpec = {};
  received: ReceivedRequest | undefined;
  #server = createServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
    this.#answer(request, response).catch((error: Error) => {
      if (error.message !== "aborted") throw error;
    });
  });

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const data of request) body.push(data as Buffer);
    if (request.url === "/callout") return await reply(response, this.callout);
    this.received = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: pairs(request.rawHeaders),
      body: Buffer.concat(body).toString("latin1"),
      trailers: pairs(request.rawTrailers),
    };
    await reply(response, this.next);
  }
}

async function reply(response: ServerResponse, spec: ResponseSpec): Promise<void> {
  if (spec.hangs) return;
  if (spec.resets) return void response.destroy();
  if (spec.delayMs) await new Promise((resolve) => setTimeout(resolve, spec.delayMs));
  const { status = 200, headers = [], body, trailers = [] } = spec;
  response.sendDate = false;
  const fields = headers.flat();
  if (trailers.length > 0) fields.push("trailer", trailers.map(([name]) => name).join(", "));
  if (!body) fields.push("content-length", "0");
  response.writeHead(status, fields);
  response.flushHeaders();
  for (const piece of body ?? []) {
    await new Promise((resolve) => setTimeout(resolve, PIECE_INTERVAL_MS));
    response.write(Buffer.from(piece, "latin1"));
  }
  if (body) await new Promise((resolve) => setTimeout(resolve, PIECE_INTERVAL_MS));
  if (trailers.length > 0) response.addTrailers(trailers);
  response.end();
}

function pairs(raw: readonly string[]): Pairs {
  const list: Pairs = [];
  for (let index = 0; index + 1 < raw.length; index += 2) list.push([raw[index]!.toLowerCase(), raw[index + 1]!]);
  return list;
}
