// An application behind a proxy, and its client, that speak JSON.
import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const PATIENCE_MS = 30_000;

/** Headers of a message by their names in lower case. */
export type Headers = Record<string, string>;

/** A server on a free port of 127.0.0.1 that answers with what `handle` makes of a request's headers. */
export async function serveJson(handle: (headers: Headers) => Promise<object>): Promise<Server> {
  const server = createServer((received, answer) => {
    handle(singleValues(received.headers)).then(
      (body) => answer.end(JSON.stringify(body)),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    );
  });
  server.keepAliveTimeout = 0; // or Envoy sends on a connection that is just being closed
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function singleValues(headers: IncomingHttpHeaders): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** What a port answers with 200, on a connection of its own, so that any worker may serve it. Fails otherwise. */
export function getJson(port: number, headers: Headers): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const out = request({ host: "127.0.0.1", port, headers, agent: new Agent(), timeout: PATIENCE_MS });
    out.once("timeout", () => out.destroy(new Error("no answer")));
    out.once("error", reject);
    out.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${response.statusCode} ${text}`));
      });
    });
    out.end();
  });
}
