import { SharedWrite } from "./shared-write";

/** One entry of bytes that all workers share. Allocates nothing after construction. */
export abstract class SharedStore {
  /** What the last `read` found; valid until the callback returns. */
  ptr: usize = 0;
  length: i32 = 0;

  /** Fetches the entry; false when there is none or the store does not work. */
  abstract read(): bool;

  /** Writes the entry if nobody did since this worker last read it. */
  abstract compareAndSet(ptr: usize, length: i32): SharedWrite;
}
