import http from "node:http";
import { isIP, type Socket } from "node:net";
import tls from "node:tls";
import { ConnectionFailed } from "./failure.js";
import { isLoopback } from "./place.js";

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy by which a URL is asked, of HTTPS_PROXY or HTTP_PROXY and NO_PROXY, in capitals or not, as Go's programs read
 * them: never for this machine itself. Fails with `ConnectionFailed` when what they hold is no URL of a proxy.
 */
export function proxyFor(url: URL, env: Env): URL | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = env[name] || env[name.toLowerCase()];
  if (!text || isLoopback(url) || isExempt(url, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  const proxy = text.includes("://") ? text : `http://${text}`;
  if (!URL.canParse(proxy) || !/^http:/.test(proxy)) {
    throw new ConnectionFailed(`is not asked: ${name} names no proxy of http://`, false);
  }
  return new URL(proxy);
}

/** A name in NO_PROXY stands for its subdomains too; with a port only for that one. `*` stands for all. */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port || (protocol === "https:" ? "443" : "80");
  return list.split(",").some((item) => {
    const [, name = "", itemPort] = /^\s*\.?(.*?)(?::(\d+))?\s*$/.exec(item) ?? [];
    if (name === "*") return true;
    const isHost = name !== "" && (hostname === name.toLowerCase() || hostname.endsWith(`.${name.toLowerCase()}`));
    return isHost && (itemPort === undefined || itemPort === ownPort);
  });
}

/** How a request is made through a proxy. */
export interface Through {
  url: URL;
  headers: Record<string, string>;
  options: http.RequestOptions;
  /** Ends the connection. Call it when the answer has come, or will not come. */
  end: () => void;
}

/** A tunnel to a URL of https, or the proxy itself for one of http. */
export async function connectionThrough(proxy: URL, url: URL, signal: AbortSignal): Promise<Through> {
  const headers = credentialsOf(proxy);
  if (url.protocol === "http:") {
    return {
      url: proxy,
      headers: { ...headers, Host: url.host },
      options: { path: url.href, agent: false },
      end: () => undefined,
    };
  }
  const socket = await tunnel(proxy, `${url.hostname}:${url.port || "443"}`, headers, signal);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const name = isIP(host) === 0 ? { servername: host } : {};
  const createConnection = (): Socket => tls.connect({ socket, host, ...name });
  return { url, headers: {}, options: { createConnection, defaultPort: 443 }, end: () => void socket.destroy() };
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(text).toString("base64")}` };
}

function tunnel(proxy: URL, target: string, headers: Record<string, string>, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const options = { method: "CONNECT", path: target, headers: { Host: target, ...headers }, signal, agent: false };
    const fail = (why: string): void =>
      reject(new ConnectionFailed(`is behind the proxy ${proxy.host}, which ${why}`, false));
    http
      .request({ ...options, host: proxy.hostname, port: proxy.port || "80" })
      .once("connect", (answer, socket: Socket) => {
        if (answer.statusCode === 200) return resolve(socket);
        socket.destroy();
        fail(`answers ${answer.statusCode} to CONNECT`);
      })
      .once("response", (answer) => {
        answer.destroy();
        fail(`answers ${answer.statusCode} to CONNECT`);
      })
      .once("error", (error) => fail(`fails: ${error.message}`))
      .end();
  });
}
