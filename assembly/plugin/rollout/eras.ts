/** Switches that a rollout comes to at most: to the new configuration, and back. */
const MAX_SWITCHES: i32 = 2;

/**
 * Under which of two configurations a stream began, without a note of each stream: Envoy numbers the streams of a VM in
 * sequence, so those that began before a switch have the lower numbers.
 */
@final
export class Eras {
  private readonly last: StaticArray<u32> = new StaticArray<u32>(MAX_SWITCHES);
  private switches: i32 = 0;
  private newest: u32 = 0;

  /** @param isNewFirst which one serves at first: the new one or the stable one. Allocates. */
  constructor(private readonly isNewFirst: bool) {}

  /** The other configuration serves the streams that no callback was for yet. Allocates: nothing. */
  turn(): void {
    if (this.switches < MAX_SWITCHES) unchecked((this.last[this.switches++] = this.newest));
  }

  /** Whether the stream whose callback runs began under the new configuration. Allocates: nothing. */
  isNew(contextId: u32): bool {
    if (isAfter(contextId, this.newest)) this.newest = contextId;
    let isNew = this.isNewFirst;
    for (let i = 0; i < this.switches; i++) if (isAfter(contextId, unchecked(this.last[i]))) isNew = !isNew;
    return isNew;
  }
}

/** Numbers begin anew after 2^32 - 1. */
// @ts-ignore: decorator
@inline
function isAfter(contextId: u32, other: u32): bool {
  return <i32>(contextId - other) > 0;
}
