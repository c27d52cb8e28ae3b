import { StreamHealth } from "./stream-health";

/** Streams of which a note is kept; one that is older than so many later ones is forgotten. */
// @ts-ignore: decorator
@inline
export const NOTES: u32 = 8192;

/** What the response of a stream has to know of its request. */
@unmanaged
export class StreamNote extends StreamHealth {
  contextId: u32;
  /** Index of the rule that decided, NO_RULE for none. */
  rule: i32;
  /** What the response assigns by a cookie; 0: nothing. */
  token: u64;
}

/**
 * Notes of the latest streams by context id. Envoy numbers contexts in sequence, so a ring indexed by the low bits of
 * the id holds the last of them, and nobody need tell when a stream ends: that would be one more callback for each.
 * Memory is fixed at construction: 384 KiB.
 */
@final
export class StreamNotes {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(<i32>(<usize>NOTES * offsetof<StreamNote>()));

  /** Where the note of a stream has its place; it may be another stream's, or nobody's. Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  at(contextId: u32): StreamNote {
    const place = <usize>(contextId & (NOTES - 1));
    return changetype<StreamNote>(changetype<usize>(this.bytes) + place * offsetof<StreamNote>());
  }

  /** The note of a stream, null when there is none. Allocates: nothing. */
  find(contextId: u32): StreamNote | null {
    const note = this.at(contextId);
    return note.contextId == contextId ? note : null;
  }
}
