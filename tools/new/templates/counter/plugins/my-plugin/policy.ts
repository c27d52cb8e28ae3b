// What the plugin decides and counts, without a host: as-pect runs it as it is.
import { ByteView } from "../../assembly/core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../../assembly/core/decimal";
import { SharedStore } from "../../assembly/core/shared-store";
import { SharedWrite } from "../../assembly/core/shared-write";

/** Classes of a status, in order. */
export const CLASSES: string[] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/** No class. */
// @ts-ignore: decorator
@inline
export const NO_CLASS: i32 = -1;

/** Index in CLASSES of a `:status`, or NO_CLASS for what is none. Allocates: nothing. */
export function classOf(status: ByteView): i32 {
  if (status.length != 3) return NO_CLASS;
  const first = <i32>status.at(0) - 0x31;
  return <u32>first < <u32>CLASSES.length ? first : NO_CLASS;
}

/** How often a worker tries before it keeps what it counted for the next time. */
const ATTEMPTS: i32 = 8;
const RECORD_BYTES: i32 = 8;

/**
 * What one worker knows of a sum over all workers. It counts for itself, and from time to time adds that to a record which
 * all share: a u64, little-endian. Nothing is lost or added twice, however workers meet.
 */
@final
export class Tally {
  /** Counted here, not in the record yet. */
  pending: u64 = 0;
  /** What the record said last, in digits; "0" at first. */
  readonly text: ByteView = new ByteView();
  private readonly digits: StaticArray<u8> = new StaticArray<u8>(MAX_DECIMAL_DIGITS);
  private readonly record: StaticArray<u8> = new StaticArray<u8>(RECORD_BYTES);

  /** Allocates. */
  constructor() {
    this.show(0);
  }

  // @ts-ignore: decorator
  @inline
  add(count: u64): void {
    this.pending += count;
  }

  /** Adds what is pending to the record. @returns false when the store does not work. Allocates: nothing. */
  merge(shared: SharedStore): bool {
    for (let i = 0; i < ATTEMPTS; i++) {
      if (!shared.read()) return false;
      const total = readRecord(shared) + this.pending;
      const written = this.pending == 0 ? SharedWrite.Done : this.write(shared, total);
      if (written == SharedWrite.Failed) return false;
      if (written == SharedWrite.Late) continue;
      this.pending = 0;
      this.show(total);
      return true;
    }
    return true; // too many others write; what is pending stays
  }

  private write(shared: SharedStore, total: u64): SharedWrite {
    const record = changetype<usize>(this.record);
    store<u64>(record, total);
    return shared.compareAndSet(record, RECORD_BYTES);
  }

  private show(total: u64): void {
    const digits = changetype<usize>(this.digits);
    this.text.set(digits, writeDecimal(total, digits));
  }
}

/** 0 for what is no record: the first worker makes it. */
function readRecord(shared: SharedStore): u64 {
  return shared.length == RECORD_BYTES ? load<u64>(shared.ptr) : 0;
}
