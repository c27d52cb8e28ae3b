import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:http2";
import { text } from "node:stream/consumers";
import type { HeaderList } from "../../tools/rig/exchange.js";

const MAX_HEADER_BYTES = 256 * 1024;
const TIMEOUT_MS = 10_000;

/** Asks a `HeaderEcho` behind a port of 127.0.0.1. */
export interface HeaderClient {
  /** @returns the headers that arrived; fails on a status other than 200. Values are byte strings, over HTTP/2 ASCII. */
  ask(headers: HeaderList): Promise<HeaderList>;
  close(): void;
}

/** On one connection of HTTP/1.1. */
export function http1Client(port: number): HeaderClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (headers: HeaderList): Promise<HeaderList> => {
    // A flat list, so that repeated names go out as header lines of their own.
    const sent = [["host", `127.0.0.1:${port}`], ...headers].flat();
    const out = request({ host: "127.0.0.1", port, agent, headers: sent, timeout: TIMEOUT_MS });
    out.once("timeout", () => out.destroy(new Error("no answer")));
    const [response] = (await once(out.end(), "response")) as [IncomingMessage];
    return received(response.statusCode, await text(response));
  };
  return { ask, close: () => agent.destroy() };
}

/** On one connection of HTTP/2 without TLS. */
export function http2Client(port: number): HeaderClient {
  const session = connect(`http://127.0.0.1:${port}`, { maxSendHeaderBlockLength: MAX_HEADER_BYTES });
  const ask = async (headers: HeaderList): Promise<HeaderList> => {
    const sent: Record<string, string | string[]> = {};
    for (const [name, value] of headers) sent[name] = name in sent ? [sent[name]!, value].flat() : value;
    const stream = session.request({ ":path": "/", ...sent });
    stream.setTimeout(TIMEOUT_MS, () => stream.destroy(new Error("no answer")));
    const [answer] = (await once(stream, "response")) as [{ ":status"?: number }];
    return received(answer[":status"], await text(stream));
  };
  return { ask, close: () => session.close() };
}

function received(status: number | undefined, body: string): HeaderList {
  assert.equal(status, 200, body);
  return JSON.parse(body) as HeaderList;
}
