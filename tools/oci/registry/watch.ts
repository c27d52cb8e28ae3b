import { ConnectionFailed } from "./failure.js";
import type { Env } from "./proxy.js";
import type { Exchange } from "./transport.js";

export interface TransportOptions {
  env: Env;
  /** How long nothing may come or go. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Called with each number of bytes of a body that came or went. */
  onBytes?: (bytes: number) => void;
}

/** Slower than this for long is taken for hanging, in bytes a millisecond. */
const SLOWEST = 4;

/** Ends an exchange in which nothing moves, or too slowly. */
export class Watch {
  private readonly abort = new AbortController();
  private readonly idle: NodeJS.Timeout;
  private readonly deadline: NodeJS.Timeout;
  private readonly onAbort = (): void => this.fail(this.options.signal?.reason);
  private hasEnded = false;
  reason: unknown;
  /** What else is to be done at the end. */
  atEnd: () => void = () => undefined;

  constructor(
    private readonly options: TransportOptions,
    { body, expectedBytes = 0 }: Exchange,
  ) {
    const { timeoutMs, signal } = options;
    const seconds = timeoutMs / 1000;
    const late = (why: string) => () => this.fail(new ConnectionFailed(why, false));
    this.idle = setTimeout(late(`sends nothing for ${seconds} s`), timeoutMs);
    const longest = 2 * timeoutMs + ((body?.length ?? 0) + expectedBytes) / SLOWEST;
    this.deadline = setTimeout(late(`is too slow: not done after ${Math.round(longest / 1000)} s`), longest);
    if (signal?.aborted) this.onAbort();
    signal?.addEventListener("abort", this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Something came or went. */
  moved(bytes = 0): void {
    if (this.hasEnded) return; // after an answer that came before all was sent
    this.idle.refresh();
    if (bytes > 0) this.options.onBytes?.(bytes);
  }

  end(): void {
    this.hasEnded = true;
    this.atEnd();
    clearTimeout(this.idle);
    clearTimeout(this.deadline);
    this.options.signal?.removeEventListener("abort", this.onAbort);
  }

  /** Ends the exchange, which then fails by this reason. */
  fail(reason: unknown): void {
    this.reason = reason;
    this.abort.abort();
  }
}
