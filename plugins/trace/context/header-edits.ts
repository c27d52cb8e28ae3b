import { ByteView } from "../../../assembly/core/bytes";
import { NO_VALUE, TraceHeaders } from "./trace-headers";

/** What is to become of request headers, by slots of TraceHeaders. Allocates nothing after construction. */
export abstract class HeaderEdits {
  private readonly whole: ByteView = new ByteView();

  constructor(protected readonly headers: TraceHeaders) {}

  /**
   * Lets the header be there once, with this value; nothing is written when it is so already. The bytes are read before
   * this returns.
   */
  abstract set(slot: i32, ptr: usize, length: i32): void;

  /** Takes all headers of this slot away, each by its name if the slot is a prefix's; nothing is done when there are none. */
  remove(slot: i32): void {
    const headers = this.headers;
    if (headers.count(slot) == 0) return;
    if (!headers.isPrefix(slot)) return this.removeSlot(slot);
    for (let value = headers.first(slot); value != NO_VALUE; value = headers.next(value)) {
      headers.nameOf(value, this.whole);
      this.removeNamed(slot, this.whole.ptr, this.whole.length);
    }
  }

  /** Takes away the headers of a slot that is no prefix's, and that has some. */
  protected abstract removeSlot(slot: i32): void;

  /** Lets a header of a prefix's slot be there once: the prefix and `name` with this value. */
  abstract setNamed(slot: i32, namePtr: usize, nameLength: i32, ptr: usize, length: i32): void;

  /** Takes the header away whose whole name is this, one of a prefix's slot. */
  abstract removeNamed(slot: i32, namePtr: usize, nameLength: i32): void;
}
