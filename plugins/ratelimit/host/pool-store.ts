import { ByteView, Presence, SharedEntry, sharedWriteOf } from "../../../assembly";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { MAX_WORKERS } from "../pool/control";
import { PoolStore } from "../pool/store";

/** What an entry holds until somebody writes it: no report is so short. */
const NOTHING: usize = memory.data(8);

/** The pool's entries in the data that all VMs of this Envoy share. */
@final
export class SharedPoolStore extends PoolStore {
  private readonly entries: SharedEntry[] = [];

  /** Creates the entries that are missing; only in onConfigure. @param prefix such as `tidegate.ratelimit.<policy>`. */
  constructor(prefix: string) {
    super();
    for (let i = 0; i <= MAX_WORKERS; i++) {
      const entry = new SharedEntry(`${prefix}.pool.${i}`);
      this.entries.push(entry);
      if (entry.read() == Presence.Absent) entry.compareAndSet(NOTHING, 8);
    }
  }

  read(entry: i32): bool {
    const shared = unchecked(this.entries[entry]);
    const presence = shared.read();
    const value: ByteView = shared.value;
    this.ptr = value.ptr;
    this.length = value.length;
    return presence == Presence.Found;
  }

  compareAndSet(entry: i32, ptr: usize, length: i32): SharedWrite {
    return sharedWriteOf(unchecked(this.entries[entry]).compareAndSet(ptr, length));
  }
}
