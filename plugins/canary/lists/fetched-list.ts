import { IdSet } from "../../../assembly/core/id-set";
import { FetchConfig } from "./fetch-config";
import { IdList } from "./named-lists";

/** A list that is fetched while the proxy runs; no id is in it before the first fetch. */
@final
export class FetchedList extends IdList {
  private ids: IdSet | null = null;

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

  /** From now on the list is this set. Allocates: nothing; the set before becomes garbage. */
  replace(ids: IdSet): void {
    this.ids = ids;
  }
}
