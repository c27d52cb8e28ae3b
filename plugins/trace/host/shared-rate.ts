import { Counter, Presence, SharedSeries, sharedWriteOf } from "../../../assembly";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { RateStore } from "../sampling/rates";

const STATE_BYTES: i32 = 8;
const STATE: usize = memory.data(8);

/** The states of sampling rates in the data that all VMs of this Envoy share: an entry of 8 bytes for each. */
@final
export class SharedRateStore extends RateStore {
  private readonly series: SharedSeries;

  /**
   * Creates the entries that are missing; only in onConfigure, since an entry that is not there is written without a
   * look at what others write. Allocates.
   * @param scope see `sharedScope`. @param buckets how many there are.
   */
  constructor(
    scope: string,
    buckets: i32,
    private readonly hostErrors: Counter,
  ) {
    super();
    this.series = new SharedSeries(scope + ".rate.");
    for (let i = 0; i < buckets; i++) if (this.series.read(i) == Presence.Absent) this.series.compareAndSet(0, 0);
  }

  /** One host call. Allocates: nothing. */
  read(bucket: i32): bool {
    const presence = this.series.read(bucket);
    this.isThere = presence == Presence.Found && this.series.value.length == STATE_BYTES;
    if (this.isThere) this.state = load<u64>(this.series.value.ptr);
    if (presence != Presence.Failed) return true;
    this.hostErrors.add(1);
    return false;
  }

  /** One host call. Allocates: nothing. */
  write(bucket: i32, state: u64): SharedWrite {
    store<u64>(STATE, state);
    const written = sharedWriteOf(this.series.compareAndSet(STATE, STATE_BYTES));
    if (written == SharedWrite.Failed) this.hostErrors.add(1);
    return written;
  }
}
