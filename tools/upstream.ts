import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the echo upstream says it received: header names as they came, repeats and order kept. */
export interface Echo {
  upstream: string;
  method: string;
  path: string;
  headers: [name: string, value: string][];
}

export interface Upstream {
  readonly name: string;
  readonly port: number;
  /** Ends open connections too; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP/1.1 server on 127.0.0.1 that answers every request with 200, the header `x-upstream: <name>` and an
 * `Echo` as JSON; with 403 when the path is /status/403, and 500 ms late when it is /delay/500.
 * @param port 0 takes any free port. Fails when the port is taken.
 */
export async function startUpstream({ name, port = 0 }: { name: string; port?: number }): Promise<Upstream> {
  const server = createServer((request, response) => answer(name, request, response));
  server.listen({ port, host: "127.0.0.1" });
  await once(server, "listening");
  return {
    name,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
  const headers: Echo["headers"] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    headers.push([request.rawHeaders[i]!, request.rawHeaders[i + 1]!]);
  }
  const echo: Echo = { upstream: name, method: request.method ?? "", path: request.url ?? "", headers };
  request.resume(); // an unread body would hold the connection
  const [, status = "200"] = /^\/status\/([45]\d\d)$/.exec(echo.path) ?? [];
  const [, delayMs = "0"] = /^\/delay\/(\d{1,4})$/.exec(echo.path) ?? [];
  const respond = (): void => {
    response.writeHead(Number(status), { "content-type": "application/json", "x-upstream": name });
    response.end(JSON.stringify(echo));
  };
  if (delayMs === "0") respond();
  else setTimeout(respond, Number(delayMs));
}
