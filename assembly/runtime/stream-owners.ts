/** Streams remembered; a stream that is older than so many later ones is forgotten. */
// @ts-ignore: decorator
@inline
const CAPACITY: u32 = 4096;

/**
 * Ids of the latest streams' root contexts, by context id. Envoy numbers contexts in sequence, so a ring indexed by the
 * low bits of the id holds the last CAPACITY of them. It holds no references: a root context that is gone must not be
 * kept by the streams that it had. Allocates once, with the first stream.
 */
@final
export class StreamOwners {
  private ids: StaticArray<u32> = [];
  private roots: StaticArray<u32> = [];

  insert(contextId: u32, rootContextId: u32): void {
    if (this.ids.length == 0) {
      this.ids = new StaticArray<u32>(CAPACITY);
      this.roots = new StaticArray<u32>(CAPACITY);
    }
    const slot = contextId & (CAPACITY - 1);
    unchecked((this.ids[slot] = contextId));
    unchecked((this.roots[slot] = rootContextId));
  }

  /** The id of a stream's root context, or 0 when it is not known any more. Allocates: nothing. */
  find(contextId: u32): u32 {
    if (this.ids.length == 0) return 0;
    const slot = contextId & (CAPACITY - 1);
    return unchecked(this.ids[slot]) == contextId ? unchecked(this.roots[slot]) : 0;
  }
}
