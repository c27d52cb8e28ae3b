import type { Ending, SimRequest } from "./limiter.js";

/** What happened in 1/10 of a second. Times are server time: what a request takes at full speed. */
export interface Slot {
  offered: number;
  admitted: number;
  rejected: number;
  good: number;
  offeredMs: number;
  goodMs: number;
  /** What the upstream could have done; 0 until the slot has passed. */
  capacityMs: number;
  /** At the end of the slot. */
  limit: number | undefined;
  inflight: number;
  waiting: number;
  /** Of what ended in the slot, as clients see it. */
  latenciesMs: number[];
}

export interface Sample {
  limit: number | undefined;
  inflight: number;
  waiting: number;
  capacityMs: number;
}

/** An admitted request that has ended. */
export interface Ended {
  endedMs: number;
  latencyMs: number;
  unloadedMs: number;
  ending: Ending;
}

/** What one share of the requests that came in the counted time got. */
export interface Got {
  offered: number;
  good: number;
}

/** Writes down what happens in a run: all of it by slot, and in detail what falls into the counted time. */
export class RunRecord {
  readonly slotMs = 100;
  readonly slots: Slot[] = [];
  readonly ended: Ended[] = [];
  readonly byUser = new Map<number, Got>();
  readonly byPriority = new Map<string, Got>();
  readonly byWorker = new Map<number, Got>();

  /** @param fromMs, toMs the counted time. */
  constructor(
    readonly fromMs: number,
    readonly toMs: number,
  ) {}

  offered(nowMs: number, request: SimRequest): void {
    const slot = this.#slot(nowMs);
    slot.offered++;
    if (!request.fails) slot.offeredMs += request.workMs;
    for (const got of this.#shares(request)) got.offered++;
  }

  admitted(nowMs: number, _request: SimRequest): void {
    this.#slot(nowMs).admitted++;
  }

  rejected(nowMs: number, _request: SimRequest): void {
    this.#slot(nowMs).rejected++;
  }

  end(nowMs: number, request: SimRequest, ending: Ending): void {
    const slot = this.#slot(nowMs);
    const latencyMs = nowMs - request.arrivedMs;
    slot.latenciesMs.push(latencyMs);
    if (ending === "ok") {
      slot.good++;
      slot.goodMs += request.workMs;
      for (const got of this.#shares(request)) got.good++;
    }
    if (this.#counts(nowMs)) this.ended.push({ endedMs: nowMs, latencyMs, unloadedMs: request.unloadedMs, ending });
  }

  sample(nowMs: number, { limit, inflight, waiting, capacityMs }: Sample): void {
    Object.assign(this.#slot(nowMs - this.slotMs / 2), { limit, inflight, waiting, capacityMs });
  }

  #counts(nowMs: number): boolean {
    return nowMs >= this.fromMs && nowMs < this.toMs;
  }

  /** The shares that a request belongs to; none unless it came in the counted time. */
  #shares({ arrivedMs, user, priority, worker }: SimRequest): Got[] {
    if (!this.#counts(arrivedMs)) return [];
    const shares = [share(this.byWorker, worker)];
    if (user !== undefined) shares.push(share(this.byUser, user));
    if (priority !== undefined) shares.push(share(this.byPriority, priority));
    return shares;
  }

  #slot(nowMs: number): Slot {
    const index = Math.max(0, Math.floor(nowMs / this.slotMs));
    while (this.slots.length <= index) this.slots.push(emptySlot());
    return this.slots[index]!;
  }
}

function share<Key>(shares: Map<Key, Got>, key: Key): Got {
  let got = shares.get(key);
  if (!got) shares.set(key, (got = { offered: 0, good: 0 }));
  return got;
}

function emptySlot(): Slot {
  return {
    offered: 0,
    admitted: 0,
    rejected: 0,
    good: 0,
    offeredMs: 0,
    goodMs: 0,
    capacityMs: 0,
    limit: undefined,
    inflight: 0,
    waiting: 0,
    latenciesMs: [],
  };
}
