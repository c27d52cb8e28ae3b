import { SharedStore } from "../../../core/shared-store";
import { SharedWrite } from "../../../core/shared-write";
import { Presence } from "../../../host/presence";
import { SharedEntry, sharedWriteOf } from "../../../host/shared-data";
import { recordFingerprint, recordTime, RolloutRecord } from "../record";

/**
 * Entries for records, so that the rollouts of several listeners, and those of an update that is taken back, are told
 * apart. One more takes the place of the one that was written longest ago.
 */
export const ENTRIES: i32 = 4;

/** The record of a rollout in the data that all VMs of this Envoy share. */
@final
export class SharedRolloutStore extends SharedStore {
  private readonly entries: SharedEntry[];
  private entry: SharedEntry;

  /** The number of the entry, below ENTRIES: that of no other rollout of late. */
  get number(): i32 {
    return this.entries.indexOf(this.entry);
  }

  /** @param scope such as `tidegate.ratelimit.<root id>.<name>`. @param record of this worker. Only in onConfigure: allocates. */
  constructor(
    scope: string,
    private readonly record: RolloutRecord,
  ) {
    super();
    const entries: SharedEntry[] = [];
    for (let i = 0; i < ENTRIES; i++) entries.push(new SharedEntry(`${scope}.rollout.${i}`));
    this.entries = entries;
    this.entry = entries[0];
    this.claim();
  }

  read(): bool {
    const entry = this.entry;
    const presence = entry.read();
    // Another rollout may have taken the place.
    if (presence == Presence.Found && !this.isOurs(entry)) this.claim();
    this.ptr = this.entry.value.ptr;
    this.length = this.entry.value.length;
    return this.length > 0;
  }

  compareAndSet(ptr: usize, length: i32): SharedWrite {
    return sharedWriteOf(this.entry.compareAndSet(ptr, length));
  }

  /** Takes the entry that has a record of this rollout; without one, makes one in the entry that is oldest or not there yet. */
  private claim(): void {
    let oldest = this.entries[0];
    let oldestNs = u64.MAX_VALUE;
    for (let i = 0; i < ENTRIES; i++) {
      // Each rollout begins at another entry: two that begin at once do not fight for one.
      const entry = this.entries[<i32>((this.record.fingerprint + <u64>i) % <u64>ENTRIES)];
      this.entry = entry;
      if (entry.read() == Presence.Failed) return;
      if (this.isOurs(entry)) return;
      const atNs = recordTime(entry.value.ptr, entry.value.length);
      if (atNs >= oldestNs) continue;
      oldest = entry;
      oldestNs = atNs;
    }
    this.entry = oldest;
    oldest.read();
    oldest.compareAndSet(this.record.ptr, this.record.size);
    oldest.read();
  }

  private isOurs(entry: SharedEntry): bool {
    return recordFingerprint(entry.value.ptr, entry.value.length) == this.record.fingerprint;
  }
}
