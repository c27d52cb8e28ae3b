import { SharedWrite } from "../../../assembly/core/shared-write";

/** Entry of the record that all workers follow; those of the workers are 1 to MAX_WORKERS. */
export const CONTROL_ENTRY: i32 = 0;

/** Entries of bytes that all workers share. Allocates nothing after construction. */
export abstract class PoolStore {
  /** What the last `read` found; valid until the callback returns. */
  ptr: usize = 0;
  length: i32 = 0;

  /** Fetches an entry; false when there is none or the store does not work. */
  abstract read(entry: i32): bool;

  /** Writes an entry if nobody did since this worker last read it. */
  abstract compareAndSet(entry: i32, ptr: usize, length: i32): SharedWrite;
}
