import { Quota, settled } from "../../../assembly/core/gcra";
import { KeyTable } from "../../../assembly/core/key-table";
import { NO_KEY } from "../request/key";

/**
 * The buckets of one rule in fixed memory: one for each key that has a slot, one for requests without a key, and one
 * that all keys share which find no slot.
 *
 * A key without a slot owes what the overflow bucket owes. So it never has more than its quota, whichever way it came
 * to have no slot: not while it waits for one, and not when it gets one after it spent from the overflow bucket.
 *
 * For each request `open`, then `wait`, and `debit` if it is admitted. Allocates nothing after construction.
 */
@final
export class Buckets {
  /** Requests admitted from the overflow bucket. */
  overflows: u64 = 0;
  private readonly table: KeyTable | null;
  /** States of the two buckets that have no slot. */
  private keylessTat: u64;
  private overflowTat: u64;
  /** The bucket of the request at hand. */
  private key: u64 = NO_KEY;
  private slot: usize = 0;
  private tat: u64 = 0;

  /** @param maxKeys 0 for a rule without keys. @param now in ticks. */
  constructor(
    private readonly quota: Quota,
    maxKeys: i32,
    now: u64,
  ) {
    this.table = maxKeys > 0 ? new KeyTable(maxKeys) : null;
    this.keylessTat = now;
    this.overflowTat = now;
  }

  /** Slots that were given to another key, each from one that owed nothing. */
  get evictions(): u64 {
    const table = this.table;
    return table != null ? table.evictions : 0;
  }

  /** After `overflows` and `evictions` were taken. */
  forgetCounts(): void {
    this.overflows = 0;
    const table = this.table;
    if (table != null) table.evictions = 0;
  }

  /** Finds the bucket of `key`. */
  open(key: u64, now: u64): void {
    const table = this.table;
    this.key = table != null ? key : NO_KEY;
    if (table == null || key == NO_KEY) {
      this.tat = this.keylessTat;
      return;
    }
    const slot = table.locate(key, now);
    this.slot = slot;
    this.tat = slot != 0 && table.holds(slot, key) ? table.tat(slot) : this.overflowTat;
  }

  /** Ticks until the bucket has one more request, 0 for at once. */
  wait(now: u64): i64 {
    return this.quota.wait(this.tat, now);
  }

  /** Takes one request from the bucket. Only when `wait` is 0. */
  debit(now: u64): void {
    const tat = this.quota.debit(this.tat, now);
    const table = this.table;
    if (table == null || this.key == NO_KEY) {
      this.keylessTat = tat;
    } else if (this.slot != 0) {
      table.put(this.slot, this.key, tat);
    } else {
      this.overflowTat = tat;
      this.overflows++;
    }
  }

  /** Keeps states young that nobody asks for; the whole table once in as many calls as it has `slots`. */
  sweep(slots: i32, now: u64): void {
    this.keylessTat = settled(this.keylessTat, now);
    this.overflowTat = settled(this.overflowTat, now);
    const table = this.table;
    if (table != null) table.sweep(slots, now);
  }
}
