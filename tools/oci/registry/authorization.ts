import { basicOf, type Credentials, Secrets } from "../auth/credentials.js";
import { fetchToken, NoToken, type Scope } from "../auth/token.js";
import { type Challenge, usableChallenge } from "./challenge.js";
import type { Connection } from "./connection.js";
import { Refused } from "./failure.js";
import type { Answer } from "./transport.js";

/** Who asks a registry, and how it is told. */
export class Authorization {
  readonly secrets = new Secrets();
  private challenge: Challenge | undefined;
  private readonly meeting = new Map<string, Promise<void>>();
  /** What requests have as the header of that name. */
  header: string | undefined;

  /** @param scope what is to be done, such as `repository:team/ratelimit:pull`. */
  constructor(
    private readonly credentials: Credentials | undefined,
    private readonly scope: Scope,
    private readonly connection: Connection,
  ) {
    if (credentials) this.secrets.addCredentials(credentials);
  }

  /**
   * Takes what a registry answers with 401 for what it is: the wish to know who asks, or more than that.
   * @param used the header that it was asked with. @returns whether the same request may now succeed.
   * Fails with `Refused` or `ConnectionFailed`.
   */
  async meet({ headers }: Answer, used?: string): Promise<boolean> {
    const header = headers["www-authenticate"] ?? "";
    const same = this.meeting.get(header); // of requests that are made at once each may get it
    const meeting = same ?? this.meetOnce(header).finally(() => this.meeting.delete(header));
    this.meeting.set(header, meeting);
    await meeting;
    return this.challenge?.scheme === "bearer" || this.header !== used;
  }

  private async meetOnce(header: string): Promise<void> {
    const challenge = usableChallenge(header);
    this.challenge ??= challenge;
    const { username, password } = this.credentials ?? {};
    if (this.challenge === undefined) throw new Refused("the registry wants credentials of an unknown kind (401)");
    if (this.challenge.scheme === "bearer") {
      const missing = challenge?.parameters["scope"]; // some servers look at the first scope alone
      this.header = await this.bearer(this.challenge, missing === undefined ? [this.scope] : [missing, this.scope]);
    } else if (username !== undefined && password !== undefined) {
      this.header = `Basic ${basicOf(username, password)}`;
    }
  }

  private async bearer(challenge: Challenge, scopes: readonly Scope[]): Promise<string> {
    const { realm = "" } = challenge.parameters;
    if (realm === "") throw new Refused("the registry wants a token, and does not say where from (401)");
    const { connection, credentials, secrets } = this;
    const place = connection.place(realm, "for tokens");
    try {
      const ask = (exchange: Parameters<Connection["followToken"]>[0]): Promise<Answer> =>
        connection.again(() => connection.followToken(exchange));
      return `Bearer ${await fetchToken(place, challenge, [...new Set(scopes)], credentials, ask, secrets)}`;
    } catch (error) {
      if (!(error instanceof NoToken)) throw error;
      throw new Refused(error.status === 401 || error.status === 403 ? this.refusal(error.status) : error.message);
    }
  }

  /** What 401 and 403 come to. @param isTooLittle whether they are known, but may not do this. */
  refusal(status: number, isTooLittle = status === 403): string {
    const what = this.scope.endsWith("push") ? "push to" : "pull from";
    if (!this.credentials) {
      const remedy = "log in with docker login, podman login or crane auth login";
      return `the registry lets nobody ${what} this repository without credentials (${status}); ${remedy}`;
    }
    const whose = `the credentials of ${this.credentials.source}`;
    if (isTooLittle) return `the registry does not let ${whose} ${what} this repository (${status})`;
    return `the registry refuses ${whose} (${status}); log in again`;
  }
}
