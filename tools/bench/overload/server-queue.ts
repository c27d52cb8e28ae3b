/** What a backend can do. */
export interface Capacity {
  /** Requests that are worked on at a time. */
  servers: number;
  /** Multiplies the time that each takes, of those begun from now on. */
  slowdown: number;
  /** Milliseconds that each waits for something else after its work, holding no server. */
  delayMs: number;
}

/** Told when the work is done. @param dueMs the time at which it should have been. */
export type Done = (dueMs: number) => void;

interface Job {
  workMs: number;
  done: Done;
}

/**
 * Some servers behind one first-come-first-served queue without a bound; what has come is worked on whether anybody
 * waits for it or not. Time is a parameter, and a server begins its next job when the last one was to end: that a timer
 * comes late costs no capacity.
 */
export class ServerQueue {
  #waiting: Job[] = [];
  #first = 0;
  #working: { endMs: number; job: Job }[] = [];
  #delayed: { endMs: number; job: Job }[] = [];

  constructor(private capacity: Capacity) {}

  /** Requests that no server has begun. */
  get length(): number {
    return this.#waiting.length - this.#first;
  }

  /** Takes effect for what is begun from now on. */
  change(capacity: Partial<Capacity>, nowMs: number): void {
    this.advance(nowMs);
    this.capacity = { ...this.capacity, ...capacity };
    this.#fill(nowMs);
  }

  /** Forgets all requests; none of them is done. */
  clear(): void {
    this.#waiting = [];
    this.#first = 0;
    this.#working = [];
    this.#delayed = [];
  }

  arrive(nowMs: number, workMs: number, done: Done): void {
    this.advance(nowMs);
    this.#waiting.push({ workMs, done });
    this.#fill(nowMs);
  }

  /** When `advance` is due next; infinite when nothing is under way. */
  nextMs(): number {
    return Math.min(...this.#working.map(({ endMs }) => endMs), ...this.#delayed.map(({ endMs }) => endMs));
  }

  /** Lets time pass until now. */
  advance(nowMs: number): void {
    for (let at = this.nextMs(); at <= nowMs; at = this.nextMs()) this.#finish(at);
  }

  #finish(atMs: number): void {
    const delayed = taken(this.#delayed, atMs);
    for (const { job } of delayed) job.done(atMs);
    for (const { job } of taken(this.#working, atMs)) {
      if (this.capacity.delayMs === 0) job.done(atMs);
      else this.#delayed.push({ endMs: atMs + this.capacity.delayMs, job });
    }
    this.#fill(atMs);
  }

  /** Gives idle servers work. */
  #fill(atMs: number): void {
    while (this.#working.length < this.capacity.servers && this.length > 0) {
      const job = this.#waiting[this.#first++]!;
      this.#working.push({ endMs: atMs + job.workMs * this.capacity.slowdown, job });
    }
    if (this.#first > 1024 && this.#first > this.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
  }
}

/** Removes those that end at this time. */
function taken<T extends { endMs: number }>(list: T[], atMs: number): T[] {
  const ended = list.filter(({ endMs }) => endMs <= atMs);
  for (const one of ended) list.splice(list.indexOf(one), 1);
  return ended;
}
