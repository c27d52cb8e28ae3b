import { owesNothing } from "../../../assembly/core/gcra";
import { flagsIn, guardOf, heldIn, isIdle, keyIn, LeaseTable, setGuard, setView, viewOf } from "./lease-table";
import { Ledger } from "./ledger";
import { TermsBook } from "./terms-book";

/** Loans given back in one sweep: a host call or two each. */
const RETURNS: i32 = 32;
/** Slots looked through in one sweep, if any holds something and if none does. */
const SLOTS: i32 = 2048;
const QUIET_SLOTS: i32 = 64;

/** Gives back what a worker was lent and does not use. Allocates nothing after construction. */
@final
export class IdleLeases {
  private swept: i32 = 0;

  constructor(
    private readonly table: LeaseTable,
    private readonly ledger: Ledger,
    private readonly book: TermsBook,
  ) {}

  /** Looks through a part of the table, all of it in 4 calls if anything is held. Call every second. At most 64 host calls. */
  sweep(now: u64): void {
    const table = this.table;
    let returns = 0;
    for (let i = min(table.capacity, table.holders > 0 ? SLOTS : QUIET_SLOTS); i > 0 && returns < RETURNS; i--) {
      if (this.tidy(table.at(this.swept), now)) returns++;
      if (++this.swept == table.capacity) this.swept = 0;
    }
  }

  /** Keeps a slot's states young, and gives its loan back. @returns whether there was one. */
  private tidy(slot: usize, now: u64): bool {
    const key = keyIn(slot);
    if (key == 0) return false;
    if (owesNothing(guardOf(slot), now)) setGuard(slot, 0);
    if (owesNothing(viewOf(slot), now)) setView(slot, 0, false);
    const held = heldIn(slot);
    if (held == 0 || !isIdle(slot, now)) return false;
    this.table.hold(slot, 0);
    const flags = flagsIn(slot);
    this.ledger.credit(key, flags, held, this.book.termsOf(key, flags), now);
    return true;
  }
}
