/** How many requests one worker lets wait at a time; a power of 2. */
// @ts-ignore: decorator
@inline
export const MOST_WAITING: u32 = 1024;

// @ts-ignore: decorator
@inline
const MASK: u32 = MOST_WAITING - 1;

/**
 * Which stream waits for which answer. Envoy numbers calls in sequence, above two bits that say what kind of call it is, so a
 * slot is taken only while a call waits that is MOST_WAITING or more older. Allocates nothing after construction.
 *
 *   slot = (token >> 2) % MOST_WAITING:   |token stream|0 0|0 0|token stream|...
 */
@final
export class Waiting {
  private readonly tokens: StaticArray<u32> = new StaticArray<u32>(MOST_WAITING);
  /** 0 marks a free slot: no stream has that number. */
  private readonly streams: StaticArray<u32> = new StaticArray<u32>(MOST_WAITING);

  /** The stream begins to wait. @returns false when the slot is taken: it cannot be found again then. */
  add(token: u32, stream: u32): bool {
    const slot = (token >> 2) & MASK;
    if (unchecked(this.streams[slot]) != 0) return false;
    unchecked((this.tokens[slot] = token));
    unchecked((this.streams[slot] = stream));
    return true;
  }

  /** The stream that waits for this call, and from now on does not; 0 for none: it is gone, or the call was another's. */
  take(token: u32): u32 {
    const slot = (token >> 2) & MASK;
    if (unchecked(this.tokens[slot]) != token) return 0;
    const stream = unchecked(this.streams[slot]);
    unchecked((this.streams[slot] = 0));
    return stream;
  }
}
