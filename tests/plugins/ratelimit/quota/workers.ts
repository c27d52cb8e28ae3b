import { Quota, ticksOf } from "../../../../assembly/core/gcra";
import { Buckets } from "../../../../plugins/ratelimit/quota/buckets";
import { Overrides } from "../../../../plugins/ratelimit/quota/overrides";
import { eraOf, noteEra, pageLength } from "../../../../plugins/ratelimit/quota/pages";
import { SharedStore, StoreResult } from "../../../../plugins/ratelimit/quota/store";
import { Terms } from "../../../../plugins/ratelimit/quota/terms";

export const MS: u64 = ticksOf(1_000_000);
export const SECOND: u64 = 1000 * MS;
export const START: u64 = 1000 * SECOND;

/** Pages that several workers share, each with the number of its last write. */
export class Shelf {
  readonly pages: StaticArray<u8>[] = [];
  readonly versions: i32[] = [];
  /** So many writes from now on lose to another worker's. */
  conflicts: i32 = 0;
  /** Nothing is answered. */
  isDown: bool = false;
  reads: i32 = 0;
  writes: i32 = 0;
}

/** One worker's access to a shelf: reads copies, and writes only what nobody changed since. */
export class ShelfStore extends SharedStore {
  private page: i32 = 0;
  private version: i32 = 0;

  constructor(private readonly shelf: Shelf) {
    super();
  }

  open(pages: i32, tag: u64): u64 {
    const shelf = this.shelf;
    for (let i = shelf.pages.length; i < pages; i++) {
      shelf.pages.push(new StaticArray<u8>(pageLength(i)));
      shelf.versions.push(1);
    }
    const first = changetype<usize>(shelf.pages[0]);
    const era = eraOf(first, tag);
    noteEra(first, tag, era);
    return era;
  }

  read(page: i32): StoreResult {
    this.shelf.reads++;
    if (this.shelf.isDown) return StoreResult.Failed;
    const copy = this.shelf.pages[page].slice<StaticArray<u8>>();
    this.copies.push(copy);
    if (this.copies.length > 64) this.copies.shift();
    this.value.set(changetype<usize>(copy), copy.length);
    this.page = page;
    this.version = this.shelf.versions[page];
    return StoreResult.Ok;
  }

  write(): StoreResult {
    const shelf = this.shelf;
    shelf.writes++;
    if (shelf.isDown) return StoreResult.Failed;
    if (shelf.conflicts > 0) {
      shelf.conflicts--;
      return StoreResult.Conflict;
    }
    if (shelf.versions[this.page] != this.version) return StoreResult.Conflict;
    memory.copy(changetype<usize>(shelf.pages[this.page]), this.value.ptr, this.value.length);
    shelf.versions[this.page]++;
    return StoreResult.Ok;
  }

  private readonly copies: StaticArray<u8>[] = [];
}

/** Workers that serve one rule. */
export class Crew {
  readonly shelf: Shelf = new Shelf();
  readonly workers: Buckets[] = [];
  now: u64 = START;
  /** Ticks of all admissions, one entry for each request of cost 1. */
  readonly admitted: u64[] = [];

  constructor(
    readonly quota: Quota,
    count: i32,
    readonly lease: i32,
    readonly maxKeys: i32 = 64,
  ) {
    for (let i = 0; i < count; i++) this.workers.push(this.hire());
  }

  /** A worker that has just started. */
  hire(quota: Quota = this.quota, overrides: Overrides = new Overrides(0)): Buckets {
    return new Buckets(new ShelfStore(this.shelf), this.maxKeys, [new Terms(quota, this.lease)], overrides);
  }

  /** Asks a worker for a request. */
  ask(worker: i32, key: u64 = 1 << 40, cost: i64 = 1): bool {
    const buckets = this.workers[worker];
    if (buckets.check(key, cost, this.now) > 0) return false;
    buckets.spend(this.now);
    for (let i: i64 = 0; i < cost; i++) this.admitted.push(this.now);
    return true;
  }

  /** How many of `count` requests a worker admits now. */
  burst(worker: i32, count: i32, key: u64 = 1 << 40): i32 {
    let admitted = 0;
    for (let i = 0; i < count; i++) if (this.ask(worker, key)) admitted++;
    return admitted;
  }

  sweep(): void {
    for (let i = 0; i < this.workers.length; i++) this.workers[i].sweep(this.now);
  }

  /** Admissions beyond burst + rate * d in the worst of all windows; rounded up to whole requests. */
  worstWindow(): i64 {
    const T = this.quota.interval;
    let least = i64.MAX_VALUE;
    let worst = i64.MIN_VALUE;
    for (let i = 0; i < this.admitted.length; i++) {
      const earned = <i64>(this.admitted[i] - START);
      const level = <i64>i * T - earned;
      least = min(least, level);
      worst = max(worst, level + T - least);
    }
    const excess = worst - this.quota.burst * T;
    return excess > 0 ? (excess + T - 1) / T : excess / T;
  }

  /** Admissions beyond burst + rate * t since the start. */
  worstLife(): i64 {
    const T = this.quota.interval;
    let worst = i64.MIN_VALUE;
    for (let i = 0; i < this.admitted.length; i++) {
      worst = max(worst, <i64>(i + 1) * T - <i64>(this.admitted[i] - START));
    }
    const excess = worst - this.quota.burst * T;
    return excess > 0 ? (excess + T - 1) / T : excess / T;
  }
}
