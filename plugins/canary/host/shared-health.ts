import { ByteView, Presence, SharedEntry, sharedWriteOf } from "../../../assembly";
import { SharedStore } from "../../../assembly/core/shared-store";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { HealthPlan } from "../health/plan";
import { recordFingerprint, recordTime } from "../health/record";

/**
 * Entries for records: while Envoy drains the streams of a configuration, those of the next one begin, and each has its
 * own record if they differ in what they watch. A third takes the place of the one that was written longest ago.
 */
const ENTRIES: i32 = 2;

/** The record of the arms' health in the data that all VMs of this Envoy share. */
@final
export class SharedHealthStore extends SharedStore {
  private readonly entry: SharedEntry;

  /** Creates the record if it is missing; only in onConfigure. @param scope such as `tidegate.canary.<policy>`. */
  constructor(scope: string, plan: HealthPlan) {
    super();
    const entries: SharedEntry[] = [];
    for (let i = 0; i < ENTRIES; i++) entries.push(new SharedEntry(`${scope}.health.${i}`));
    const entry = chosen(entries, plan.fingerprint);
    this.entry = entry;
    if (entry.read() != Presence.Failed && !isOf(entry.value, plan.fingerprint)) {
      const record = plan.newRecord();
      entry.compareAndSet(record.ptr, record.size);
    }
  }

  read(): bool {
    const presence = this.entry.read();
    const value: ByteView = this.entry.value;
    this.ptr = value.ptr;
    this.length = value.length;
    return presence == Presence.Found;
  }

  compareAndSet(ptr: usize, length: i32): SharedWrite {
    return sharedWriteOf(this.entry.compareAndSet(ptr, length));
  }
}

/** The entry that has this plan's record, else the one that is oldest or not there yet. */
function chosen(entries: SharedEntry[], fingerprint: u64): SharedEntry {
  let oldest = entries[0];
  let oldestNs = u64.MAX_VALUE;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    entry.read();
    if (isOf(entry.value, fingerprint)) return entry;
    const atNs = recordTime(entry.value.ptr, entry.value.length);
    if (atNs >= oldestNs) continue;
    oldest = entry;
    oldestNs = atNs;
  }
  return oldest;
}

function isOf(value: ByteView, fingerprint: u64): bool {
  return recordFingerprint(value.ptr, value.length) == fingerprint;
}
