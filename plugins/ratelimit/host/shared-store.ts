import { ByteView, Counter, Presence, SharedSeries, WasmResultValues } from "../../../assembly";
import { eraOf, noteEra, pageLength } from "../quota/pages";
import { SharedStore, StoreResult, Stores } from "../quota/store";

/** An entry in which no key owes anything. */
const ZEROS: usize = memory.data(1024);
/** Another worker may be changing page 0 just now, but not for ever. */
const ATTEMPTS: i32 = 8;

/**
 * The pages of one rule in the data that all VMs of this Envoy share, one entry a page. Envoy configures a VM of its
 * main thread before those of the workers; so these find the entries, and nobody creates one that another has written.
 */
@final
class HostStore extends SharedStore {
  private readonly series: SharedSeries;

  constructor(
    prefix: string,
    private readonly hostErrors: Counter,
  ) {
    super();
    this.series = new SharedSeries(prefix);
  }

  open(pages: i32, tag: u64): u64 {
    for (let page = 0; page < pages; page++) {
      // A page of another length is another version's.
      const isRead = this.read(page) == StoreResult.Ok;
      if (isRead && this.value.length != pageLength(page)) this.series.compareAndSet(ZEROS, pageLength(page));
    }
    return this.settleEra(tag);
  }

  read(page: i32): StoreResult {
    let presence = this.series.read(page);
    if (presence == Presence.Absent) {
      this.series.compareAndSet(ZEROS, pageLength(page));
      presence = this.series.read(page);
    }
    const value: ByteView = this.series.value;
    this.value.set(value.ptr, value.length);
    // An empty page is one of another length, as any that is not ours.
    if (presence == Presence.Found || presence == Presence.Empty) return StoreResult.Ok;
    this.hostErrors.add(1);
    return StoreResult.Failed;
  }

  write(): StoreResult {
    const result = this.series.compareAndSet(this.value.ptr, this.value.length);
    if (result == WasmResultValues.Ok) return StoreResult.Ok;
    if (result == WasmResultValues.CasMismatch) return StoreResult.Conflict;
    this.hostErrors.add(1);
    return StoreResult.Failed;
  }

  private settleEra(tag: u64): u64 {
    for (let i = 0; i < ATTEMPTS && this.read(0) == StoreResult.Ok; i++) {
      const era = eraOf(this.value.ptr, tag);
      if (!noteEra(this.value.ptr, tag, era) || this.write() != StoreResult.Conflict) return era;
    }
    return 0;
  }
}

/** The stores of one policy's rules. */
@final
export class HostStores extends Stores {
  /** @param scope see `sharedScope`. */
  constructor(
    private readonly scope: string,
    private readonly hostErrors: Counter,
  ) {
    super();
  }

  storeOf(rule: string): SharedStore {
    return new HostStore(`${this.scope}.rule.${rule}.`, this.hostErrors);
  }
}
