import type { Challenge } from "../registry/challenge.js";
import { shownUrl } from "../registry/place.js";
import type { Answer, Exchange } from "../registry/transport.js";
import { basicOf, type Credentials, type Secrets } from "./credentials.js";

/** What a token is to be for, such as `repository:team/ratelimit:pull`. */
export type Scope = string;

/** Makes a request to a token server, following redirects as it may. */
export type Send = (exchange: Exchange) => Promise<Answer>;

const MAX_TOKEN = 64 * 1024;

/** Why there is no token, with the status of the server that has them. */
export class NoToken extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/**
 * Gets a token for scopes where the challenge says. Credentials that hold a token of their own give that one.
 * Fails with `NoToken`, or as `send` does. Source: distribution's specification of token authentication, and of OAuth 2.
 */
export async function fetchToken(
  realm: URL,
  { parameters }: Challenge,
  scopes: readonly Scope[],
  credentials: Credentials | undefined,
  send: Send,
  secrets: Secrets,
): Promise<string> {
  if (credentials?.registryToken !== undefined) return credentials.registryToken;
  const service = parameters["service"];
  let answer: Answer | undefined;
  if (credentials?.identityToken !== undefined) {
    answer = await send(byRefresh(realm, service, scopes, credentials.identityToken));
  }
  // Not all token servers know OAuth 2: those have no POST.
  if (!answer || answer.status === 404 || answer.status === 405) {
    answer = await send(byGet(realm, service, scopes, credentials));
  }
  return tokenOf(answer, realm, secrets);
}

function byGet(realm: URL, service: string | undefined, scopes: readonly Scope[], credentials?: Credentials): Exchange {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const { username, password } = credentials ?? {};
  const isUser = username !== undefined && password !== undefined;
  const headers: Record<string, string> = isUser ? { Authorization: `Basic ${basicOf(username, password)}` } : {};
  return { method: "GET", url, headers, maxBytes: MAX_TOKEN };
}

function byRefresh(url: URL, service: string | undefined, scopes: readonly Scope[], identityToken: string): Exchange {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: identityToken,
    client_id: "tidegate",
  });
  if (service !== undefined) form.set("service", service);
  form.set("scope", scopes.join(" "));
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return { method: "POST", url, headers, body: Buffer.from(form.toString()), maxBytes: MAX_TOKEN };
}

function tokenOf({ status, body }: Answer, realm: URL, secrets: Secrets): string {
  const where = shownUrl(realm);
  if (status !== 200) throw new NoToken(`${where}, where the registry sends for a token, answers ${status}`, status);
  let answer: { token?: unknown; access_token?: unknown } | null;
  try {
    answer = JSON.parse(Buffer.from(body).toString("utf8")) as object | null;
  } catch {
    throw new NoToken(`${where} gives no JSON with a token`, status);
  }
  const token = answer?.access_token || answer?.token;
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) throw new NoToken(`${where} gives no token`, status);
  secrets.add(token);
  return token;
}
