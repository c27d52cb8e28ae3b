import { setTimeout as sleep } from "node:timers/promises";
import { HttpConnection } from "./http-connection.js";

/** A request of an open-loop load: sent at its time, however the earlier ones fare. */
export interface Shot {
  /** Milliseconds after the load's beginning. */
  atMs: number;
  /** The request as sent: `requestText`. */
  request: string;
}

/** What became of a shot; times in milliseconds of `performance.now()`, whose clock is monotonic. */
export interface Outcome {
  /** When it was to be sent. */
  due: number;
  /** When it was; infinite when no connection became free. */
  sent: number;
  /** When its answer was there; infinite when none came. */
  answered: number;
  /** 0 when no answer came. */
  status: number;
}

export interface OpenLoadOptions {
  port: number;
  /** In the order of time. */
  shots: readonly Shot[];
  /** Connections that are open before the first shot; each shot takes the one that has been idle for longest. */
  connections: number;
  /** So many may be opened when none is idle. When they are all busy, shots wait. */
  mostConnections: number;
  /** How long to wait for answers after the last shot. */
  graceMs: number;
  /** Told the time at which the load begins, when it does. */
  onBegin?: (atMs: number) => void;
  signal?: AbortSignal;
}

/** Node's timers count in whole milliseconds. */
const TICK_MS = 1;

/** Sends the shots, each at its time. @returns what became of each, in their order. Ends in any case. */
export async function openLoad(options: OpenLoadOptions): Promise<Outcome[]> {
  const load = new OpenLoad(options);
  try {
    return await load.run();
  } finally {
    load.close();
  }
}

interface Pending {
  shot: Shot;
  outcome: Outcome;
}

class OpenLoad {
  readonly #all = new Set<HttpConnection>();
  readonly #idle: HttpConnection[] = [];
  readonly #waiting: Pending[] = [];
  #unanswered = 0;

  constructor(private readonly options: OpenLoadOptions) {}

  async run(): Promise<Outcome[]> {
    const { shots, graceMs, connections } = this.options;
    for (let i = 0; i < connections; i++) this.#idle.push(this.#open());
    await Promise.all([...this.#all].map((connection) => connection.opened()));
    const outcomes: Outcome[] = [];
    const begin = performance.now();
    this.options.onBegin?.(begin);
    while (outcomes.length < shots.length) {
      const elapsed = performance.now() - begin;
      for (let shot = shots[outcomes.length]; shot && shot.atMs <= elapsed; shot = shots[outcomes.length]) {
        outcomes.push(this.#shoot(shot, begin));
      }
      await this.#tick();
    }
    for (const end = performance.now() + graceMs; this.#unanswered > 0 && performance.now() < end;) await this.#tick();
    return outcomes;
  }

  close(): void {
    this.#waiting.length = 0;
    for (const connection of this.#all) connection.close();
  }

  async #tick(): Promise<void> {
    await sleep(TICK_MS, undefined, { signal: this.options.signal });
  }

  #shoot(shot: Shot, begin: number): Outcome {
    const outcome = { due: begin + shot.atMs, sent: Infinity, answered: Infinity, status: 0 };
    const connection = this.#free();
    this.#unanswered++;
    if (connection) this.#send(connection, { shot, outcome });
    else this.#waiting.push({ shot, outcome });
    return outcome;
  }

  #send(connection: HttpConnection, { shot, outcome }: Pending): void {
    outcome.sent = performance.now();
    connection.send(shot.request, (status) => {
      this.#unanswered--;
      outcome.status = status;
      if (status === 0) return; // the connection is of no more use
      outcome.answered = performance.now();
      const next = this.#waiting.shift();
      if (next) this.#send(connection, next);
      else this.#idle.push(connection);
    });
  }

  #free(): HttpConnection | undefined {
    for (let idle = this.#idle.shift(); idle; idle = this.#idle.shift()) if (this.#all.has(idle)) return idle;
    return this.#all.size < this.options.mostConnections ? this.#open() : undefined;
  }

  #open(): HttpConnection {
    const connection: HttpConnection = new HttpConnection(this.options.port, () => this.#all.delete(connection));
    this.#all.add(connection);
    return connection;
  }
}

/** A GET without a body. */
export function requestText(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: "load.test", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
