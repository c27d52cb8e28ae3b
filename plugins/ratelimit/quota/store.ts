import { ByteView } from "../../../assembly/core/bytes";
import { eraOf, noteEra, pageLength } from "./pages";

/** What became of an access to shared data. */
export enum StoreResult {
  Ok,
  /** Another worker wrote since the page was read: read again and retry. */
  Conflict,
  /** The host did not answer, or the page is not there. */
  Failed,
}

/** The pages of one rule, which all workers of a process share. */
export abstract class SharedStore {
  /** The page that `read` fetched; may be changed in place. Valid until the next `read` or the callback returns. */
  readonly value: ByteView = new ByteView();

  /**
   * Creates the pages that are missing, each of zeros and `pageLength` bytes, and leaves the others as they are.
   * @param tag of the quotas that are configured. @returns the era, see gcra-page.ts. Allocates.
   */
  abstract open(pages: i32, tag: u64): u64;

  /** Fetches a page into `value`. Allocates: nothing. */
  abstract read(page: i32): StoreResult;

  /** Writes `value` back as the page that `read` fetched last, if nobody wrote it since. Allocates: nothing. */
  abstract write(): StoreResult;
}

/** Where a policy has the stores of its rules from. */
export abstract class Stores {
  /** The store of a rule. Allocates. */
  abstract storeOf(rule: string): SharedStore;
}

/** Pages in this worker's own memory, for specs. */
@final
export class OwnStore extends SharedStore {
  readonly pages: StaticArray<u8>[] = [];

  open(pages: i32, tag: u64): u64 {
    for (let i = this.pages.length; i < pages; i++) this.pages.push(new StaticArray<u8>(pageLength(i)));
    const first = changetype<usize>(this.pages[0]);
    const era = eraOf(first, tag);
    noteEra(first, tag, era);
    return era;
  }

  read(page: i32): StoreResult {
    const bytes = unchecked(this.pages[page]);
    this.value.set(changetype<usize>(bytes), bytes.length);
    return StoreResult.Ok;
  }

  write(): StoreResult {
    return StoreResult.Ok;
  }
}

/** A store for each rule, in this worker's own memory. */
@final
export class OwnStores extends Stores {
  storeOf(rule: string): SharedStore {
    return new OwnStore();
  }
}
