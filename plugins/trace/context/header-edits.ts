/** What is to become of request headers, by slots of TraceHeaders. */
export abstract class HeaderEdits {
  /**
   * Lets the header be there once, with this value; nothing is written when it is so already. The bytes are read before
   * this returns.
   */
  abstract set(slot: i32, ptr: usize, length: i32): void;

  /** Takes all headers of this slot away; nothing is done when there are none. */
  abstract remove(slot: i32): void;

  /** Lets a header of a prefix's slot be there once: the prefix and `name` with this value. */
  abstract setNamed(slot: i32, namePtr: usize, nameLength: i32, ptr: usize, length: i32): void;

  /** Takes the header away whose whole name is this, one of a prefix's slot. */
  abstract removeNamed(slot: i32, namePtr: usize, nameLength: i32): void;
}
