import { Agent, type IncomingMessage, request } from "node:http";
import type { Echo } from "../upstream.js";
import type { Answer, Ask, HeaderList, Send } from "./exchange.js";

const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Sends over HTTP/1.1 to a port of 127.0.0.1, on one connection.
 * @param authority what requests say they are for; that port when absent.
 * @returns the function, and `close`, which ends the connection.
 */
export function httpSend(port: number, authority = `127.0.0.1:${port}`): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { send: (ask) => exchange(port, authority, agent, ask), close: () => agent.destroy() };
}

function exchange(port: number, authority: string, agent: Agent, { path, headers = [] }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // A flat list, so that repeated names go out as separate header lines.
    const sent = [["host", authority], ...headers].flat();
    const out = request({ host: "127.0.0.1", port, agent, path, headers: sent, timeout: REQUEST_TIMEOUT_MS });
    out.once("timeout", () => out.destroy(new Error(`no answer in ${REQUEST_TIMEOUT_MS / 1000} s`)));
    out.once("error", reject);
    out.once("response", (response) => void collect(response).then(resolve, reject));
    out.end();
  });
}

async function collect(response: IncomingMessage): Promise<Answer> {
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk as string;
  const headers: HeaderList = [];
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
    headers.push([response.rawHeaders[i]!, response.rawHeaders[i + 1]!]);
  }
  const status = response.statusCode ?? 0;
  if (response.headers["x-upstream"] === undefined) return { status, headers };
  const echo = JSON.parse(body) as Echo;
  return { status, headers, upstream: { name: echo.upstream, received: echo.headers } };
}
