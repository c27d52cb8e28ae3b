import { Context, RootContext } from "./context";

/** Streams that one VM serves at a time, at most: the bound of the table's memory. */
// @ts-ignore: decorator
@inline
export const MAX_LIVE_STREAMS: i32 = 65536;

// @ts-ignore: decorator
@inline
const FIRST_CAPACITY: i32 = 64;

/**
 * Contexts of the live streams by context id: open addressing with linear probing, at most half full, removal by
 * shifting back (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). Envoy numbers contexts in sequence, so
 * the id itself is the hash. Allocates when more streams are live than ever before, up to MAX_LIVE_STREAMS.
 */
@final
export class StreamTable {
  /** 0 marks a free slot: no context has that id. */
  private ids: StaticArray<u32> = new StaticArray<u32>(FIRST_CAPACITY);
  private contexts: StaticArray<Context | null> = new StaticArray<Context | null>(FIRST_CAPACITY);
  private live: i32 = 0;
  /** Streams that found the table full. */
  refused: u64 = 0;

  // @ts-ignore: decorator
  @inline
  private get mask(): u32 {
    return this.ids.length - 1;
  }

  /** Gives the stream a context of `root`; nothing when it has one or MAX_LIVE_STREAMS are live. */
  insert(contextId: u32, root: RootContext): void {
    if (this.live >= MAX_LIVE_STREAMS) {
      this.refused++;
      return;
    }
    if (2 * (this.live + 1) > this.ids.length) this.grow();
    const slot = this.slotOf(contextId);
    if (unchecked(this.ids[slot]) == contextId) return;
    this.put(slot, contextId, root.acquire(contextId));
    this.live++;
  }

  /** The stream's context, or null. Allocates: nothing. */
  find(contextId: u32): Context | null {
    return unchecked(this.contexts[this.slotOf(contextId)]);
  }

  /** Takes the stream's context away, and returns it. Allocates: nothing. */
  remove(contextId: u32): Context | null {
    let hole = this.slotOf(contextId);
    const context = unchecked(this.contexts[hole]);
    if (context == null) return null;
    this.live--;
    const mask = this.mask;
    for (let slot = (hole + 1) & mask; unchecked(this.ids[slot]) != 0; slot = (slot + 1) & mask) {
      const id = unchecked(this.ids[slot]);
      // An entry may move back to the hole only if that is not before its own place.
      if (((slot - id) & mask) < ((slot - hole) & mask)) continue;
      this.put(hole, id, unchecked(this.contexts[slot]));
      hole = slot;
    }
    this.put(hole, 0, null);
    return context;
  }

  /** The slot that holds the id, or the free one where it would go. */
  private slotOf(contextId: u32): u32 {
    const ids = this.ids;
    const mask = this.mask;
    let slot = contextId & mask;
    for (let id = unchecked(ids[slot]); id != contextId && id != 0; id = unchecked(ids[slot])) slot = (slot + 1) & mask;
    return slot;
  }

  private put(slot: u32, contextId: u32, context: Context | null): void {
    unchecked((this.ids[slot] = contextId));
    unchecked((this.contexts[slot] = context));
  }

  private grow(): void {
    const ids = this.ids;
    const contexts = this.contexts;
    this.ids = new StaticArray<u32>(2 * ids.length);
    this.contexts = new StaticArray<Context | null>(2 * ids.length);
    for (let i = 0; i < ids.length; i++) {
      const id = unchecked(ids[i]);
      if (id != 0) this.put(this.slotOf(id), id, unchecked(contexts[i]));
    }
  }
}
