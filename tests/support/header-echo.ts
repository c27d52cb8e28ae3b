import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { HeaderList } from "../../tools/rig/exchange.js";

const MAX_HEADER_BYTES = 256 * 1024;

/** Answers every request with the headers that it came with, as JSON: over HTTP/1 and HTTP/2, and headers of 200 KB too. */
export class HeaderEcho {
  private readonly http1 = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    request.resume();
    response.end(JSON.stringify(pairs(request.rawHeaders)));
  });
  private readonly http2: Http2Server = createHttp2Server({
    settings: { maxHeaderListSize: MAX_HEADER_BYTES },
    maxHeaderListPairs: 1000,
  });

  /** On free ports of 127.0.0.1. */
  async start(): Promise<this> {
    this.http2.on("stream", (stream: ServerHttp2Stream, _headers: object, _flags: number, rawHeaders: string[]) => {
      stream.resume();
      stream.respond({ ":status": 200 });
      stream.end(JSON.stringify(pairs(rawHeaders)));
    });
    await once(this.http1.listen(0, "127.0.0.1"), "listening");
    await once(this.http2.listen(0, "127.0.0.1"), "listening");
    return this;
  }

  port(http2: boolean): number {
    return ((http2 ? this.http2 : this.http1).address() as AddressInfo).port;
  }

  stop(): void {
    this.http1.closeAllConnections();
    this.http1.close();
    this.http2.close();
  }
}

function pairs(raw: readonly string[]): HeaderList {
  const headers: HeaderList = [];
  for (let i = 0; i + 1 < raw.length; i += 2) headers.push([raw[i]!, raw[i + 1]!]);
  return headers;
}
