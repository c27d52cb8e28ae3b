/** Streams remembered; a stream that is older than so many later ones is forgotten. As many as StreamOwners knows. */
// @ts-ignore: decorator
@inline
const CAPACITY: u32 = 4096;

/** What was chosen for the latest streams, by context id, in a ring as StreamOwners is one. Allocates once. */
@final
export class StreamChoices {
  private readonly ids: StaticArray<u32> = new StaticArray<u32>(CAPACITY);
  private readonly choices: StaticArray<u16> = new StaticArray<u16>(CAPACITY);

  /** @param choice below 65,536. Allocates: nothing. */
  insert(contextId: u32, choice: i32): void {
    const slot = contextId & (CAPACITY - 1);
    unchecked((this.ids[slot] = contextId));
    unchecked((this.choices[slot] = <u16>choice));
  }

  /** What was chosen for a stream; 0 when that is not known any more. Allocates: nothing. */
  find(contextId: u32): i32 {
    const slot = contextId & (CAPACITY - 1);
    return unchecked(this.ids[slot]) == contextId ? unchecked(this.choices[slot]) : 0;
  }
}
