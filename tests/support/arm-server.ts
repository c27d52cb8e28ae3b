import { once } from "node:events";
import { createServer, type OutgoingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of requests: 200, 503, or nothing until the client goes. */
export type Manner = "well" | "failing" | "hanging";

/** The server of an arm, which answers as it is told to. */
export class ArmServer {
  manner: Manner = "well";
  /** Of every answer, after `x-upstream`, which names the arm. */
  headers: OutgoingHttpHeaders = {};
  /** How long an answer takes. */
  delayMs = 0;
  requests = 0;
  readonly #server: Server = createServer((request, response) => {
    this.requests++;
    request.resume();
    if (this.manner === "hanging") return;
    const status = this.manner === "well" ? 200 : 503;
    setTimeout(() => {
      response.writeHead(status, { "x-upstream": this.name, ...this.headers });
      response.end();
    }, this.delayMs);
  });

  constructor(readonly name: string) {}

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** On a free port of 127.0.0.1. */
  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
