import { RootContext } from "./context";

/** Streams remembered; a stream that is older than so many later ones is forgotten. */
// @ts-ignore: decorator
@inline
const CAPACITY: u32 = 4096;

/**
 * Root contexts of the latest streams, by context id. Envoy numbers contexts in sequence, so a ring indexed by the low
 * bits of the id holds the last CAPACITY of them. Allocates once, with the first stream.
 */
@final
export class StreamOwners {
  private ids: StaticArray<u32> = [];
  private roots: StaticArray<RootContext | null> = [];

  insert(contextId: u32, root: RootContext): void {
    if (this.ids.length == 0) {
      this.ids = new StaticArray<u32>(CAPACITY);
      this.roots = new StaticArray<RootContext | null>(CAPACITY);
    }
    const slot = contextId & (CAPACITY - 1);
    unchecked((this.ids[slot] = contextId));
    unchecked((this.roots[slot] = root));
  }

  /** The root context of a stream, or null when it is not known any more. Allocates: nothing. */
  find(contextId: u32): RootContext | null {
    if (this.ids.length == 0) return null;
    const slot = contextId & (CAPACITY - 1);
    return unchecked(this.ids[slot]) == contextId ? unchecked(this.roots[slot]) : null;
  }
}
