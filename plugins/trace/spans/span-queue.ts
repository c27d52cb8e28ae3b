import { ByteView } from "../../../assembly/core/bytes";

/** Room for each span; most are smaller, and those that are not take it from others. */
// @ts-ignore: decorator
@inline
export const BYTES_PER_SPAN: i32 = 1024;
// @ts-ignore: decorator
@inline
const LENGTH: i32 = 4;

/**
 * Encoded spans that wait to be sent, oldest first: `length:u32 bytes` one after the other in a ring of fixed size, each
 * in one piece. What finds no room is not taken. Allocates nothing once made.
 */
@final
export class SpanQueue {
  private readonly ring: StaticArray<u8>;
  private readonly capacity: i32;
  private first: i32 = 0;
  private end: i32 = 0;
  /** Where the last span before the front of the ring ends. */
  private wrap: i32 = 0;
  count: i32 = 0;

  /** Only at configure: allocates. @param most spans. */
  constructor(private readonly most: i32) {
    const capacity = most * BYTES_PER_SPAN + LENGTH;
    this.ring = new StaticArray<u8>(capacity);
    this.capacity = capacity;
  }

  private get base(): usize {
    return changetype<usize>(this.ring);
  }

  /** Puts a copy at the end; false when there is no room. Allocates: nothing. */
  push(span: ByteView): bool {
    if (this.count == this.most) return false;
    const at = this.placeFor(LENGTH + span.length);
    if (at < 0) return false;
    store<u32>(this.base + <usize>at, span.length);
    memory.copy(this.base + <usize>(at + LENGTH), span.ptr, <usize>span.length);
    this.end = at + LENGTH + span.length;
    this.count++;
    return true;
  }

  /** Lets `into` view the oldest span; false when there is none. Allocates: nothing. */
  peek(into: ByteView): bool {
    if (this.count == 0) return false;
    if (this.first == this.wrap && this.end <= this.first) this.first = 0;
    const at = this.base + <usize>this.first;
    into.set(at + <usize>LENGTH, load<u32>(at));
    return true;
  }

  /** Removes the span that `peek` has just shown. Allocates: nothing. */
  drop(): void {
    this.first += LENGTH + load<i32>(this.base + <usize>this.first);
    this.count--;
    if (this.count == 0) this.first = this.end = this.wrap = 0;
  }

  /** Where so many bytes fit in one piece behind the newest span, or -1. */
  private placeFor(bytes: i32): i32 {
    if (this.count == 0) {
      this.first = this.end = this.wrap = 0;
      return bytes <= this.capacity ? 0 : -1;
    }
    if (this.end > this.first) {
      if (bytes <= this.capacity - this.end) return this.end;
      if (bytes > this.first) return -1;
      this.wrap = this.end;
      return 0;
    }
    return bytes <= this.first - this.end ? this.end : -1;
  }
}
