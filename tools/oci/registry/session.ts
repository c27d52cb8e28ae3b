import { messageOf, UserError } from "../../errors.js";
import { credentialsFor } from "../auth/docker-config.js";
import type { Reference } from "../reference.js";
import { Authorization } from "./authorization.js";
import { usableChallenge } from "./challenge.js";
import { refusalWords } from "./complaint.js";
import { Connection } from "./connection.js";
import { ConnectionFailed, Refused } from "./failure.js";
import type { RegistryOptions } from "./registry.js";
import type { Answer, Exchange } from "./transport.js";

/** A request to a registry: of something in the repository, or of a place that the registry gave. */
export interface RegistryRequest extends Omit<Exchange, "url"> {
  at: string | URL;
}

/** Sends one request, once. */
export type Send = (request: RegistryRequest) => Promise<Answer>;

/**
 * Requests about one repository, as one user. Credentials go to the registry alone, and to where it has tokens made.
 * All failures are `UserError`s of one line in which no secret stands.
 */
export class Session {
  private constructor(
    private readonly connection: Connection,
    private readonly authorization: Authorization,
  ) {}

  /** Asks the registry how it wants to be asked. @param actions what is to be done, such as `pull`, or `pull,push`. */
  static async open(reference: Reference, actions: string, options: RegistryOptions): Promise<Session> {
    const credentials = await credentialsFor(reference, options.env);
    const connection = new Connection(reference, options);
    const scope = `repository:${reference.path}:${actions}`;
    const session = new Session(connection, new Authorization(credentials, scope, connection));
    await session.inOneLine(async () => {
      const answer = await connection.ping();
      if (answer.status === 401) await session.authorization.meet(answer);
      else if (answer.status !== 200)
        throw new Refused(`${answer.status} is its answer to /v2/: it is no registry, or has a fault`);
    });
    return session;
  }

  close(): void {
    this.connection.close();
  }

  /** @returns an answer of one of the statuses that are wanted. */
  request(request: RegistryRequest, wanted: readonly number[]): Promise<Answer> {
    return this.perform((send) => send(request), wanted);
  }

  /** Does what may take several requests; all of them again where that may help. */
  perform(work: (send: Send) => Promise<Answer>, wanted: readonly number[]): Promise<Answer> {
    return this.inOneLine(async () => {
      const attempt = (): Promise<Answer> => this.connection.again(() => work((request) => this.send(request)));
      const used = this.authorization.header;
      let answer = await attempt();
      if (answer.status === 401 && (await this.authorization.meet(answer, used))) answer = await attempt();
      if (!wanted.includes(answer.status)) throw this.refusal(answer);
      return answer;
    });
  }

  /** A place that the registry names; fails when nothing may be sent there. @param what such as `to upload to`. */
  place(text: string | undefined, what: string): URL {
    if (text === undefined) throw new Refused(`the registry names no place ${what}`);
    return this.connection.place(text, what);
  }

  /** A failure that says what the registry does, such as `it gives another digest`. */
  failure(what: string): UserError {
    return new UserError(this.authorization.secrets.mask(`${this.connection.name}: ${what}`), 3);
  }

  /** Reads what the registry gave; what is wrong with it is told with the reference. */
  checked<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof UserError ? this.failure(error.message) : error;
    }
  }

  private send({ at, ...exchange }: RegistryRequest): Promise<Answer> {
    const url = typeof at === "string" ? this.connection.urlOf(at) : at;
    return this.connection.follow({ ...exchange, url }, this.authorization.header);
  }

  private refusal(answer: Answer): Refused {
    const { status, headers } = answer;
    const isTooLittle = usableChallenge(headers["www-authenticate"])?.parameters["error"] === "insufficient_scope";
    if (status === 401 || status === 403)
      return new Refused(this.authorization.refusal(status, isTooLittle || status === 403));
    return new Refused(`the registry ${refusalWords(answer)}`);
  }

  private async inOneLine<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConnectionFailed || error instanceof Refused) throw this.failure(messageOf(error));
      throw error;
    }
  }
}
