import { Quota, TICKS_PER_SECOND } from "../../../assembly/core/gcra";

/**
 * Longest that a denied key waits for more than the one request it asks for. Clients are told to come back after whole
 * seconds, at least one: those that do never notice.
 */
// @ts-ignore: decorator
@inline
const WORTH_TICKS: i64 = TICKS_PER_SECOND / 2;
// @ts-ignore: decorator
@inline
const MOST_WORTH: i64 = 8;

/** Largest number of requests lent to a worker for a key that a rule may be given. */
export const MAX_LEASE: i32 = 4096;

/**
 * The lease of a rule that names none: a sixth of the burst, so that leases leave most of it to whoever asks, up to 16,
 * which spares most host calls; of large bursts a 64th, which spares nearly all.
 */
export function defaultLease(burst: i64): i32 {
  return <i32>min<i64>(min<i64>(max<i64>(burst / 6, 1), max<i64>(16, burst / 64)), MAX_LEASE);
}

/** On which terms a key is served: its quota, and how much of it a worker may hold at a time. */
@final
export class Terms {
  /** The quota in force. */
  quota: Quota;
  /** Most requests that a worker holds for a key, between its requests. See buckets.ts. */
  mostHeld: i32 = 0;
  /** Most that it borrows at once: one is spent at once; a request that costs more takes more. */
  most: i32 = 1;
  /** For so many requests at once a denied key is asked for again: less is not worth the host calls. */
  worth: i64 = 1;
  /** Ticks that a request which was held is credited with: the shortest interval that it can have been debited at. */
  credit: i64;

  /** @param lease 1 to MAX_LEASE: what is promised of windows of time, see buckets.ts. */
  constructor(
    private readonly full: Quota,
    lease: i32,
  ) {
    this.quota = full;
    this.credit = full.interval;
    this.mostHeld = (min(lease, MAX_LEASE) - 1) / 2;
    this.most = this.mostHeld + 1;
    this.weigh();
  }

  /** Puts `percent` of the quota in force, 100 for all of it. Allocates unless it is all. */
  scale(percent: f64): void {
    this.apply(percent == 100 ? this.full : this.full.percent(percent));
  }

  /** Puts `quota` in force, for debits from now on. Allocates: nothing. */
  apply(quota: Quota): void {
    this.quota = quota;
    this.credit = min(this.credit, quota.interval);
    this.weigh();
  }

  private weigh(): void {
    const most = min(min<i64>(MOST_WORTH, this.most), this.quota.burst / 2);
    this.worth = max<i64>(1, min(most, WORTH_TICKS / this.quota.interval));
  }
}

/** A number that differs, as good as always, when a quota does. */
export function tagOf(accounts: Terms[], others: Terms[]): u64 {
  return mixed(mixed(1, accounts), others);
}

function mixed(tag: u64, terms: Terms[]): u64 {
  for (let i = 0; i < terms.length; i++) {
    tag = (rotl<u64>(tag, 23) ^ (<u64>terms[i].quota.interval)) * 0x9e3779b97f4a7c15;
    tag = (rotl<u64>(tag, 23) ^ (<u64>terms[i].quota.tolerance)) * 0x9e3779b97f4a7c15;
  }
  return tag;
}
