import { Quota, TICKS_PER_SECOND } from "../../../assembly/core/gcra";
import { creditBack, fingerprintOf, GcraPage, pageOf, pagesFor, sweepPage } from "../../../assembly/core/gcra-page";
import { KEYLESS } from "./lease-table";
import { pageLength } from "./pages";
import { SharedStore, StoreResult } from "./store";
import { Terms } from "./terms";

/** Attempts at one change before it counts as contended. */
// @ts-ignore: decorator
@inline
export const ATTEMPTS: i32 = 8;
/** Slots that have owed nothing for so long are emptied. */
// @ts-ignore: decorator
@inline
const AGE: i64 = 86_400 * TICKS_PER_SECOND;
/** The shared states of one rule. Allocates nothing after construction. */
@final
export class Ledger {
  /** Reads and writes of shared data. */
  calls: u64 = 0;
  /** Slots that were given to another key, each from one that owed nothing. */
  evictions: u64 = 0;
  /** Changes given up because other workers were first, time and again. */
  contentions: u64 = 0;
  private readonly page: GcraPage;
  private readonly keyPages: i32;
  private swept: i32 = 0;

  /** @param maxKeys 0 for a rule without keys. @param tag of the quotas that are configured. Allocates. */
  constructor(
    private readonly store: SharedStore,
    maxKeys: i32,
    tag: u64,
  ) {
    const keyPages = pagesFor(maxKeys);
    this.keyPages = keyPages;
    this.page = new GcraPage(store.open(1 + keyPages, tag));
  }

  /** The state that `read` found. */
  get tat(): u64 {
    return this.page.tat;
  }

  /** Whether `read` found no slot: the state is that of the bucket which keys without one share. */
  get isSpare(): bool {
    return this.page.isSpare;
  }

  /** Reads the state of a key. @param flags of the key's slot, see lease-table.ts. */
  read(fingerprint: u64, flags: u64, quota: Quota, now: u64): StoreResult {
    this.calls++;
    const page = (flags & KEYLESS) != 0 ? 0 : 1 + pageOf(fingerprint, this.keyPages);
    const result = this.store.read(page);
    if (result != StoreResult.Ok) return result;
    const value = this.store.value;
    if (value.length != pageLength(page)) return StoreResult.Failed;
    this.page.find(value.ptr, value.length, fingerprint, quota, now);
    return StoreResult.Ok;
  }

  /** Writes the state of the key that `read` found. */
  write(fingerprint: u64, tat: u64): StoreResult {
    this.calls++;
    this.page.put(fingerprint, tat);
    const result = this.store.write();
    if (result == StoreResult.Ok && this.page.evicts) this.evictions++;
    return result;
  }

  /** After a `read` that found too little: writes what the configuration alone has changed. */
  settle(fingerprint: u64): void {
    if (this.page.isCut) this.write(fingerprint, this.page.tat);
  }

  /** Gives back `count` that were debited; if that fails they are lost, which gives nobody more. */
  credit(fingerprint: u64, flags: u64, count: i64, terms: Terms, now: u64, wasSpare: bool = false): void {
    for (let i = 0; i < ATTEMPTS; i++) {
      if (this.read(fingerprint, flags, terms.quota, now) != StoreResult.Ok) return;
      if (!creditBack(this.page, fingerprint, now, count, terms.credit, wasSpare)) return;
      this.calls++;
      if (this.store.write() != StoreResult.Conflict) return;
    }
    this.contentions++;
  }

  /** Cares for the states of the next page that nobody asks for. Two host calls at most. */
  sweep(now: u64): void {
    if (this.store.read(this.swept) == StoreResult.Ok) {
      const value = this.store.value;
      if (sweepPage(value.ptr, value.length, now, AGE)) this.store.write();
    }
    if (++this.swept > this.keyPages) this.swept = 0;
  }
}

/** The fingerprint of a key in an account, from the hash of the key. Account 0 is the rule's own. */
// @ts-ignore: decorator
@inline
export function accountKey(hash: u64, account: i32): u64 {
  return fingerprintOf(hash ^ (<u64>account * 0x9e3779b97f4a7c15));
}
