import { IdSet } from "../../../assembly/core/id-set";

/** A list of ids that conditions ask by its name. */
export abstract class IdList {
  /** Whether the id in `length` bytes at `ptr` is in the list as it is now. Allocates: nothing. */
  abstract has(ptr: usize, length: i32): bool;
}

/** A list that the configuration carries whole. */
@final
export class FixedList extends IdList {
  constructor(readonly ids: IdSet) {
    super();
  }

  has(ptr: usize, length: i32): bool {
    return this.ids.has(ptr, length);
  }
}

/** The lists of a configuration, in its order. */
@final
export class NamedLists {
  readonly names: string[] = [];
  readonly lists: IdList[] = [];

  /** Only at configure: allocates. */
  add(name: string, list: IdList): void {
    this.names.push(name);
    this.lists.push(list);
  }

  /** The list of this name; null when there is none. Only at configure: takes a time that grows with the lists. */
  find(name: string): IdList | null {
    const index = this.names.indexOf(name);
    return index >= 0 ? this.lists[index] : null;
  }
}
