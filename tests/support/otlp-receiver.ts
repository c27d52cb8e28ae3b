import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type OtlpSpan, readOtlp } from "./otlp.js";
import { until } from "./until.js";

/** What a receiver answers. */
export interface OtlpAnswer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
  /** The connection is cut instead. */
  isCut?: boolean;
}

/** One request of an exporter. */
export interface OtlpRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  spans: OtlpSpan[];
}

/** A collector on 127.0.0.1 that takes OTLP/JSON as strictly as it can be taken. */
export class OtlpReceiver {
  readonly requests: OtlpRequest[] = [];
  /** What was wrong with requests. */
  readonly errors: string[] = [];
  /** Answers to come; full success when there is none. */
  readonly answers: OtlpAnswer[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const { status, body: text = "{}", headers, isCut } = receiver.#take(request, body);
        if (isCut) request.socket.destroy();
        else response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const receiver = new OtlpReceiver(server);
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** All spans that came, in order; the same twice if they were sent twice. */
  get spans(): OtlpSpan[] {
    return this.requests.flatMap(({ spans }) => spans);
  }

  /** The spans, once there are so many. Fails after ten seconds, and if a request was not as it has to be. */
  async expect(count: number): Promise<OtlpSpan[]> {
    const what = () => `${count} spans came, but ${this.spans.length}`;
    await until(what, 10_000, () => this.spans.length >= count || this.errors.length > 0);
    if (this.errors.length > 0) throw new Error(this.errors.join("\n"));
    return this.spans;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  #take(request: IncomingMessage, body: Uint8Array): OtlpAnswer {
    const { method = "", url: path = "", headers } = request;
    try {
      if (method !== "POST") throw new Error(`${method} instead of POST`);
      if (headers["content-type"] !== "application/json") throw new Error(`content-type ${headers["content-type"]}`);
      this.requests.push({ method, path, headers, spans: readOtlp(body) });
    } catch (error) {
      this.errors.push(String(error));
      return { status: 400 };
    }
    return this.answers.shift() ?? { status: 200 };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
