import { credited, owesNothing, Quota, TICKS_PER_SECOND } from "../../../assembly/core/gcra";
import { IdleLeases } from "./idle-leases";
import {
  claim,
  guardOf,
  heldIn,
  holds,
  isDenied,
  isIdle,
  leaseIn,
  LeaseTable,
  setGuard,
  setLease,
  setUsed,
  setView,
  viewOf,
} from "./lease-table";
import { ATTEMPTS, Ledger } from "./ledger";
import { Overrides } from "./overrides";
import { SharedStore, StoreResult } from "./store";
import { tagOf, Terms } from "./terms";
import { TermsBook } from "./terms-book";

// How workers share quotas.
//
// The shared state of a key (ledger.ts) is debited before anything is spent: n requests at once are lent to a worker,
// which then holds them. With h_w held by worker w at the start of a window of length d, what is admitted in it is at
// most the sum of h_w plus what is lent in it, less what is given back in it, and by GCRA that difference is at most
// b + r d. Hence
//
//   over its life (nothing is held at the start)    admitted <= b + r t
//   in any window, N workers                        admitted <= b + r d + N B',  B' the most that a worker holds
//
// B' = (L - 1) / 2 for a lease of L, so that N B' <= (N - 1)(L - 1) for N >= 2. For N = 1 the guard sees to it: a GCRA
// of what this worker admitted, from the moment that it holds anything until it holds nothing and the guard owes
// nothing. Up to that moment e of a window from s, r (e - s) were admitted, for GCRA is exact from its TAT backward;
// after it at most b + r (d - (e - s)) are lent. For a lease of 1 or 2, B' is 0: one request at a time is borrowed, and
// given back if it is not spent.
//
// Held requests do not just expire: a debit that has been earned back meanwhile would make them come on top of a full
// burst. What is left of a loan after a second is given back to the shared state, never beyond a full burst.

/** `ask` cannot tell without the shared state. */
// @ts-ignore: decorator
@inline
export const UNKNOWN: i64 = -1;

/** Keys of a rule that a worker remembers at once, 51 bytes each. */
const MOST_CACHED: i32 = 4096;
/** How long a key is denied when other workers were first, time and again. */
// @ts-ignore: decorator
@inline
const CONTENTION_TICKS: i64 = TICKS_PER_SECOND / 1000;
/** A shared page is looked through in one of so many sweeps. */
const PAGE_SWEEP: i32 = 16;

/**
 * The buckets of one rule in fixed memory: shared ones, and what this worker holds of them.
 * For each request `check` (or `ask` and, if that is UNKNOWN, `borrow`), then if it was 0 `spend` or `giveBack`.
 * Allocates nothing after construction.
 */
@final
export class Buckets {
  /** Requests admitted from the bucket of keys that find no slot. */
  overflows: u64 = 0;
  /** Requests decided by this worker's guard alone since shared data did not answer. */
  alone: u64 = 0;
  readonly ledger: Ledger;
  private readonly table: LeaseTable;
  private readonly book: TermsBook;
  private readonly idle: IdleLeases;
  /** TAT of what is admitted while shared data does not answer, for keys without a slot here; 0: nothing is owed. */
  private aloneTat: u64 = 0;
  private sweeps: i32 = 0;
  // Of the request at hand:
  private key: u64 = 0;
  private terms: Terms;
  /** The key's slot here; 0: it has none, and can have none. */
  private slot: usize = 0;
  private cost: i64 = 0;
  /** Requests that are there to be spent, and the size that loans have grown to. */
  private held: i64 = 0;
  private lease: i32 = 1;
  /** The shared state as last seen. */
  private view: u64 = 0;
  private isAlone: bool = false;
  private isSpare: bool = false;

  /**
   * @param maxKeys 0 for a rule without keys.
   * @param accounts at 0 the rule's own terms, then those that conditions put in their place, at most 8.
   */
  constructor(store: SharedStore, maxKeys: i32, accounts: Terms[], overrides: Overrides) {
    const ledger = new Ledger(store, maxKeys, tagOf(accounts, overrides.terms));
    const table = new LeaseTable(min(max(maxKeys, 1), MOST_CACHED));
    const book = new TermsBook(maxKeys > 0, accounts, overrides);
    this.ledger = ledger;
    this.table = table;
    this.book = book;
    this.idle = new IdleLeases(table, ledger, book);
    this.terms = accounts[0];
  }

  /**
   * Puts another quota in force, for debits from now on. Allocates if `percent` changes.
   * @param account whose quota it is: 0 the rule's own, at whatever part of its rate. Each account has states of its own.
   * @param percent of their quotas that keys with an override have.
   */
  apply(account: i32, quota: Quota, percent: f64): void {
    this.book.apply(account, quota, percent);
  }

  /** `ask` and `borrow`. @returns ticks until requests of this cost may be admitted, 0: `spend` may follow. */
  check(hash: u64, cost: i64, now: u64): i64 {
    const wait = this.ask(hash, cost, now);
    return wait == UNKNOWN ? this.borrow(now) : wait;
  }

  /**
   * As far as this worker knows, without a host call, the ticks until requests of this cost may be admitted.
   * @param cost 1 or more; what is more than the burst counts as the burst. @returns 0: `spend` may follow, or UNKNOWN.
   */
  ask(hash: u64, cost: i64, now: u64): i64 {
    const book = this.book;
    book.find(hash);
    this.isAlone = false;
    this.isSpare = false;
    this.held = 0;
    this.lease = 1;
    this.view = now;
    if (book.isExempt) return 0;
    this.key = book.key;
    this.terms = book.terms;
    this.cost = min(cost, this.terms.quota.burst);
    const slot = this.table.locate(this.key, now);
    this.slot = slot;
    return slot != 0 && holds(slot, this.key) ? this.recall(slot, now) : UNKNOWN;
  }

  /** Borrows from the shared state what `ask` found missing. @returns as `check`. Two host calls, more if contended. */
  borrow(now: u64): i64 {
    const quota = this.terms.quota;
    const missing = this.cost - this.held;
    for (let i = 0; i < ATTEMPTS; i++) {
      if (this.ledger.read(this.key, this.book.flags, quota, now) != StoreResult.Ok) return this.decideAlone(now);
      const tat = this.ledger.tat;
      const available = quota.available(tat, now);
      if (available < missing) {
        this.ledger.settle(this.key);
        return this.denied(tat, quota.wait(tat, now, missing));
      }
      const count = this.loan(missing, available, now);
      const after = quota.debit(tat, now, count);
      const result = this.ledger.write(this.key, after);
      if (result == StoreResult.Ok) return this.lent(count, after, now);
      if (result == StoreResult.Failed) return this.decideAlone(now);
    }
    this.ledger.contentions++;
    return this.denied(now + <u64>(quota.tolerance - missing * quota.interval + CONTENTION_TICKS), CONTENTION_TICKS);
  }

  /** Takes the request that was checked last. Only when `check` was 0. */
  spend(now: u64): void {
    if (this.book.isExempt) return;
    const slot = this.slot;
    const quota = this.terms.quota;
    if (this.isAlone) {
      const guard = quota.debit(this.guard(now), now, this.cost);
      if (slot != 0) setGuard(slot, guard);
      else this.aloneTat = guard;
      return;
    }
    if (this.isSpare) this.overflows++;
    this.held -= this.cost;
    if (slot == 0) return;
    if (this.held > 0 || heldIn(slot) > 0 || guardOf(slot) != 0) {
      setGuard(slot, quota.debit(this.guard(now), now, this.cost));
    }
    setUsed(slot, now);
    this.table.hold(slot, this.held);
  }

  /** Does not take the request that was checked last. What is more than a worker may hold goes back at once. */
  giveBack(now: u64): void {
    if (this.book.isExempt || this.isAlone) return;
    const terms = this.terms;
    const slot = this.slot;
    const most: i64 = slot != 0 && !this.isSpare ? terms.mostHeld : 0;
    const kept = min(this.held, most);
    const rest = this.held - kept;
    this.held = kept;
    if (slot != 0) this.table.hold(slot, kept);
    if (rest == 0) return;
    this.ledger.credit(this.key, this.book.flags, rest, terms, now, this.isSpare);
    this.view = credited(this.view, now, rest, terms.credit);
    if (slot != 0) setView(slot, this.view, isDenied(slot));
  }

  /** Requests that the key of the last request has left, as far as this worker knows: others may have spent since. */
  remaining(now: u64): i64 {
    const quota = this.terms.quota;
    const shared = this.isAlone ? 0 : this.held + quota.available(this.view, now);
    const guarded = this.isAlone || (this.slot != 0 && guardOf(this.slot) != 0);
    return guarded ? min(this.isAlone ? i64.MAX_VALUE : shared, quota.available(this.guard(now), now)) : shared;
  }

  /** Ticks until the key of the last request has one more than `remaining`; 0 when its burst is whole. */
  untilMore(now: u64): i64 {
    const quota = this.terms.quota;
    const available = quota.available(this.view, now);
    return available >= quota.burst ? 0 : quota.wait(this.view, now, available + 1);
  }

  /** The quota that the last request was decided by; null: it is exempt. */
  get quota(): Quota | null {
    return this.book.isExempt ? null : this.terms.quota;
  }

  /** Gives back what lies idle, and keeps states young: call every second. At most 66 host calls. Allocates: nothing. */
  sweep(now: u64): void {
    this.idle.sweep(now);
    if (owesNothing(this.aloneTat, now)) this.aloneTat = 0;
    if (++this.sweeps % PAGE_SWEEP == 0) this.ledger.sweep(now);
  }

  private recall(slot: usize, now: u64): i64 {
    const quota = this.terms.quota;
    this.held = heldIn(slot);
    const view = viewOf(slot);
    if (view != 0) this.view = view;
    const guard = guardOf(slot);
    const guarded = guard != 0 ? quota.wait(guard, now, this.cost) : 0;
    if (guarded > 0) return guarded;
    if (this.held >= this.cost) return 0;
    if (!isDenied(slot)) return UNKNOWN;
    const missing = this.cost - this.held;
    const wait = quota.wait(this.view, now, max(missing, this.terms.worth));
    if (wait == 0) return UNKNOWN;
    const real = quota.wait(this.view, now, missing);
    return real > 0 ? real : wait;
  }

  /**
   * How many to borrow: twice as many as last time for a key in use, half as many for one that was idle; less at the end
   * of a burst.
   */
  private loan(missing: i64, available: i64, now: u64): i64 {
    const slot = this.slot;
    if (slot == 0 || this.ledger.isSpare || this.terms.most == 1) return missing;
    const isKnown = holds(slot, this.key);
    const last = isKnown ? leaseIn(slot) : 0;
    this.lease = max(1, isIdle(slot, now) ? last >> 1 : min(last * 2, this.terms.most));
    const share = isKnown && isDenied(slot) ? available : max(missing, available >> 1);
    return min(max<i64>(this.lease, this.cost) - this.held, share);
  }

  private lent(count: i64, tat: u64, now: u64): i64 {
    this.held += count;
    this.view = tat;
    this.isSpare = this.ledger.isSpare;
    const slot = this.slot;
    if (slot == 0) return 0;
    claim(slot, this.key, this.book.flags);
    setLease(slot, this.lease, now);
    // After a denial the key stays scarce until there is as much again as is worth a loan: else a loan that is used up
    // would be followed by single requests, each borrowed as soon as it is earned.
    setView(slot, tat, isDenied(slot) && this.terms.quota.available(tat, now) < this.terms.worth);
    return 0;
  }

  private denied(tat: u64, wait: i64): i64 {
    this.view = tat;
    if (this.slot != 0) {
      claim(this.slot, this.key, this.book.flags);
      setView(this.slot, tat, true);
    }
    return wait;
  }

  private decideAlone(now: u64): i64 {
    this.alone++;
    this.isAlone = true;
    if (this.slot != 0) claim(this.slot, this.key, this.book.flags);
    return this.terms.quota.wait(this.guard(now), now, this.cost);
  }

  private guard(now: u64): u64 {
    const guard = this.slot != 0 ? guardOf(this.slot) : this.aloneTat;
    return guard != 0 ? guard : now;
  }
}
