import { IdSet } from "../../../assembly/core/id-set";
import { FetchConfig } from "./fetch-config";
import { IdList } from "./named-lists";

/** A set for so many times the ids is too large to be kept. */
// @ts-ignore: decorator
@inline
const MOST_TOO_LARGE: i32 = 4;

/** A list that is fetched while the proxy runs; no id is in it before the first fetch. */
@final
export class FetchedList extends IdList {
  private ids: IdSet | null = null;
  /** The set before, whose memory the next one gets: two sets last for ever, where new ones would add up. */
  private spare: IdSet | null = null;
  /** A set has become garbage, which could be megabytes. */
  hasGarbage: bool = false;

  /** @param key0 @param key1 of the sets' hash. */
  constructor(
    readonly name: string,
    readonly config: FetchConfig,
    readonly key0: u64,
    readonly key1: u64,
  ) {
    super();
  }

  has(ptr: usize, length: i32): bool {
    const ids = this.ids;
    return ids != null && ids.has(ptr, length);
  }

  /** Ids in the list, ranges counted once each. */
  get size(): i32 {
    const ids = this.ids;
    return ids != null ? ids.size + ids.rangeCount : 0;
  }

  get isThere(): bool {
    return this.ids != null;
  }

  /** From now on the list is this set. Allocates: nothing. */
  replace(ids: IdSet): void {
    this.spare = this.ids;
    this.ids = ids;
  }

  /** A set without ids, with room for `capacity` of them: for `replace` or `giveBack`. Allocates: when lists get longer. */
  takeEmpty(capacity: i32): IdSet {
    const spare = this.spare;
    this.spare = null;
    if (spare != null) {
      if (spare.capacity >= capacity && spare.capacity / MOST_TOO_LARGE <= capacity) {
        spare.clear();
        return spare;
      }
      this.hasGarbage = true;
    }
    // Some more, for a list that gets a little longer each time.
    return new IdSet(min(this.config.maxIds, capacity + (capacity >> 4)), this.key0, this.key1);
  }

  /** The set will not be used. Allocates: nothing. */
  giveBack(ids: IdSet): void {
    this.spare = ids;
  }
}
