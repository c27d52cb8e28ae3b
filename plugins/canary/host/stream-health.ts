/** What is kept of a stream until it is known how it ended; a part of what else is kept of it, hence unmanaged. */
@unmanaged
export class StreamHealth {
  /** That it was given; the number of arms for none. */
  arm: i32;
  /** 1 while it still has to be counted. */
  isOpen: u32;
  sentNs: u64;
  /** Until the answer's headers came; 0 before. */
  latencyNs: u64;
}
