import { SharedStore } from "../../../assembly/core/shared-store";
import { SharedWrite } from "../../../assembly/core/shared-write";

/** One entry as all VMs of an Envoy share it. */
export class SharedBytes {
  value: StaticArray<u8> = new StaticArray<u8>(0);
  version: u32 = 1;
  /** Makes every call fail. */
  broken: bool = false;
  /** Answers as many writes with Late, whoever wrote. */
  lateWrites: i32 = 0;
  reads: i32 = 0;
  writes: i32 = 0;

  put(ptr: usize, length: i32): void {
    const value = new StaticArray<u8>(length);
    memory.copy(changetype<usize>(value), ptr, <usize>length);
    this.value = value;
    this.version++;
  }
}

/** What one worker has of it. */
export class SharedView extends SharedStore {
  private seen: u32 = 0;

  constructor(readonly bytes: SharedBytes) {
    super();
  }

  read(): bool {
    const bytes = this.bytes;
    bytes.reads++;
    if (bytes.broken) return false;
    this.ptr = changetype<usize>(bytes.value);
    this.length = bytes.value.length;
    this.seen = bytes.version;
    return true;
  }

  compareAndSet(ptr: usize, length: i32): SharedWrite {
    const bytes = this.bytes;
    bytes.writes++;
    if (bytes.broken) return SharedWrite.Failed;
    if (bytes.lateWrites > 0) {
      bytes.lateWrites--;
      return SharedWrite.Late;
    }
    if (bytes.version != this.seen) return SharedWrite.Late;
    bytes.put(ptr, length);
    return SharedWrite.Done;
  }
}
