import type { SimRequest } from "./limiter.js";

/** What an upstream tells the one who runs it. */
export interface UpstreamEvents {
  /** Asks to be told by `served` in this many milliseconds. */
  serve(request: SimRequest, milliseconds: number): void;
  /** The answer is on its way back; it takes this many milliseconds more. */
  answer(request: SimRequest, milliseconds: number, ok: boolean): void;
}

/**
 * Servers before which requests wait first come first served. Work is not cancelled: a request whose client has left
 * is served like any other, which is what makes overload waste capacity.
 */
export class Upstream {
  servers: number;
  /** 1 is full speed; what is being served goes on at the speed that it began with. */
  speed = 1;
  /** By route: what another service adds to each answer, in multiples of the request's own work. Takes no server. */
  dependency: readonly number[] = [];
  /** Requests that may wait; the next one is answered 503 at once. */
  queueLimit = Infinity;
  busy = 0;
  #queue: SimRequest[] = [];
  #first = 0;

  constructor(
    servers: number,
    private readonly events: UpstreamEvents,
  ) {
    this.servers = servers;
  }

  get waiting(): number {
    return this.#queue.length - this.#first;
  }

  take(request: SimRequest): void {
    if (request.fails || this.waiting >= this.queueLimit) return this.events.answer(request, REFUSAL_MS, false);
    this.#queue.push(request);
    this.work();
  }

  /** Puts idle servers to work; to be called when there may be more of them than before. */
  work(): void {
    while (this.busy < this.servers && this.waiting > 0) {
      const request = this.#queue[this.#first++]!;
      this.busy++;
      const serviceMs = request.workMs / this.speed;
      request.unloadedMs = serviceMs + this.#dependencyMs(request);
      this.events.serve(request, serviceMs);
    }
    if (this.#first > 1024 && 2 * this.#first > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }

  /** A server has done with a request. */
  served(request: SimRequest): void {
    this.busy--;
    this.events.answer(request, this.#dependencyMs(request), true);
    this.work();
  }

  #dependencyMs(request: SimRequest): number {
    return request.workMs * (this.dependency[request.route] ?? 0);
  }
}

const REFUSAL_MS = 1;
