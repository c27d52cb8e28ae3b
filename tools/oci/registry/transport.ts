import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import { ConnectionFailed } from "./failure.js";
import { connectionThrough, proxyFor } from "./proxy.js";
import { type TransportOptions, Watch } from "./watch.js";

/** One request, and how much of an answer is wanted. */
export interface Exchange {
  method: "GET" | "HEAD" | "POST" | "PUT";
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
  /** More bytes than these in the answer to a request that succeeded are a failure. */
  maxBytes: number;
  /** Of the answer, when it is known before. */
  expectedBytes?: number;
}

/** What came back, whatever its status. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Of an answer that is no success only the beginning. */
  body: Uint8Array;
}

const CLOSED = new ConnectionFailed("is not asked any more", false);
const CHUNK = 64 * 1024;
const MAX_COMPLAINT = 64 * 1024;

/**
 * HTTP and HTTPS without redirects, cookies or credentials of its own. Everything ends: after `timeoutMs` without a byte,
 * after a time that its size allows, or by the signal. Fails with `ConnectionFailed`.
 */
export class Transport {
  private readonly agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };

  private readonly underWay = new Set<Watch>();
  private isClosed = false;

  constructor(private readonly options: TransportOptions) {}

  /** Ends what is still under way, and connections that are kept for later requests; later ones fail. */
  close(): void {
    this.isClosed = true;
    for (const watch of this.underWay) watch.fail(CLOSED);
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  async send(exchange: Exchange): Promise<Answer> {
    if (this.isClosed) throw CLOSED;
    const watch = new Watch(this.options, exchange);
    this.underWay.add(watch);
    try {
      const response = await this.respond(exchange, watch);
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: await read(response, exchange, watch),
      };
    } catch (error) {
      throw ConnectionFailed.from(exchange.url, watch.reason ?? error);
    } finally {
      this.underWay.delete(watch);
      watch.end();
    }
  }

  private async respond(exchange: Exchange, watch: Watch): Promise<IncomingMessage> {
    const { url, method, headers = {}, body } = exchange;
    const proxy = proxyFor(url, this.options.env);
    const through = proxy && (await connectionThrough(proxy, url, watch.signal));
    if (through) watch.atEnd = through.end;
    const { request } = url.protocol === "https:" ? https : http;
    const agent = this.agents[url.protocol as "http:" | "https:"];
    const isSent = method === "POST" || method === "PUT";
    const length = isSent ? { "Content-Length": String(body?.length ?? 0) } : {};
    const all = { "User-Agent": "tidegate", ...headers, ...length, ...through?.headers };
    const options = { method, headers: all, signal: watch.signal, ...(through?.options ?? { agent }) };
    return new Promise((resolve, reject) => {
      const sent = request(through?.url ?? url, options, resolve).on("error", reject);
      watch.moved();
      if (body === undefined) sent.end();
      else
        chunks(body, (bytes) => watch.moved(bytes))
          .once("error", reject)
          .pipe(sent);
    });
  }
}

function chunks(body: Uint8Array, onChunk: (bytes: number) => void): Readable {
  const parts = function* (): Generator<Uint8Array> {
    for (let at = 0; at < body.length; at += CHUNK) {
      const part = body.subarray(at, at + CHUNK);
      onChunk(part.length);
      yield part;
    }
  };
  return Readable.from(parts(), { objectMode: false });
}

async function read(response: IncomingMessage, { method, maxBytes }: Exchange, watch: Watch): Promise<Uint8Array> {
  const isSuccess = response.statusCode !== undefined && response.statusCode < 300;
  const announced = method === "HEAD" ? 0 : Number(response.headers["content-length"] ?? 0);
  const tooMany = new ConnectionFailed(`sends more than the ${maxBytes} bytes that are expected`, false);
  if (isSuccess && announced > maxBytes) throw tooMany;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    watch.moved(isSuccess ? part.length : 0);
    if (isSuccess && bytes > maxBytes) throw tooMany;
    if (!isSuccess && bytes > MAX_COMPLAINT) break; // which ends the connection too
  }
  return Buffer.concat(parts);
}
