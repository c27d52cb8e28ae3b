import { formatReference, type Reference } from "../reference.js";
import { ConnectionFailed, Refused } from "./failure.js";
import { isLoopback, placeNamedBy } from "./place.js";
import type { RegistryOptions } from "./registry.js";
import { RETRY, retried } from "./retry.js";
import { type Answer, type Exchange, Transport } from "./transport.js";

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
const TIMEOUT_MS = 30_000;
const MAX_PING = 64 * 1024;
/** Docker Hub's registry has another name than its images. */
const HUB = "registry-1.docker.io";

/** Requests to one registry, and to the places that it names. Fails with `ConnectionFailed` or `Refused`. */
export class Connection {
  private readonly transport: Transport;
  private url: URL;

  constructor(
    private readonly reference: Reference,
    private readonly options: RegistryOptions,
  ) {
    const { timeoutMs = TIMEOUT_MS, plainHttp = false } = options;
    this.transport = new Transport({ ...options, timeoutMs });
    const host = reference.domain === "docker.io" ? HUB : reference.domain;
    this.url = new URL(`${plainHttp ? "http" : "https"}://${host}/v2/`);
  }

  close(): void {
    this.transport.close();
  }

  /** The URL of something in the repository, such as `manifests/1.2.0`. */
  urlOf(name: string): URL {
    return new URL(`${this.reference.path}/${name}`, this.url);
  }

  /** A place that the registry names. Fails when nothing may be sent there. @param what such as `for tokens`. */
  place(text: string, what: string, from = this.url): URL {
    const absolute = URL.canParse(text, from.href) ? new URL(text, from).href : text;
    const place = placeNamedBy(this.url, absolute, this.options.plainHttp ?? false);
    if (typeof place !== "string") return place;
    throw new Refused(`the registry names a place ${what} that ${place}, so nothing is sent there`);
  }

  /** Asks whether a registry is there at all; one of this machine by HTTP where it does not speak TLS. */
  async ping(): Promise<Answer> {
    const ask = (): Promise<Answer> => this.follow({ method: "GET", url: this.url, maxBytes: MAX_PING });
    if (!isLoopback(this.url) || this.url.protocol === "http:") return this.again(ask);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ConnectionFailed && (error.noTls || error.mayPass))) throw error;
      this.url = new URL(this.url.href.replace("https:", "http:"));
      return this.again(ask);
    }
  }

  /** Does it again where that may help. */
  again(attempt: () => Promise<Answer>): Promise<Answer> {
    const { retry = RETRY, signal } = this.options;
    return retried(attempt, retry, Date.now, signal);
  }

  /**
   * Sends, and goes where redirects lead when only something is asked for.
   * @param authorization a header that the registry itself gets, and nobody else.
   */
  async follow(exchange: Exchange, authorization?: string): Promise<Answer> {
    return this.chase(exchange, this.url.origin, authorization);
  }

  /** The same for a place for tokens, which gets the authorization itself. */
  async followToken(exchange: Exchange): Promise<Answer> {
    const { Authorization: authorization, ...headers } = exchange.headers ?? {};
    return this.chase({ ...exchange, headers }, exchange.url.origin, authorization);
  }

  private async chase(exchange: Exchange, origin: string, authorization: string | undefined): Promise<Answer> {
    let { url } = exchange;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const headers = { ...exchange.headers };
      if (authorization !== undefined && url.origin === origin) headers["Authorization"] = authorization;
      const answer = await this.transport.send({ ...exchange, url, headers });
      const { location } = answer.headers;
      const isAsked = exchange.method === "GET" || exchange.method === "HEAD";
      if (!isAsked || !REDIRECTS.includes(answer.status) || location === undefined) return answer;
      url = this.place(location, "to go to", url);
    }
    throw new Refused(`the registry redirects more than ${MAX_REDIRECTS} times`);
  }

  /** The repository, for messages. */
  get name(): string {
    return formatReference(this.reference);
  }
}
