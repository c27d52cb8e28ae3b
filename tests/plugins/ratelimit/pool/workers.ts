import { SharedWrite } from "../../../../assembly/core/shared-write";
import { MAX_WORKERS } from "../../../../plugins/ratelimit/pool/control";
import { PoolStore } from "../../../../plugins/ratelimit/pool/store";

/** Entries as all VMs of one Envoy share them. */
export class SharedBytes {
  readonly values: StaticArray<u8>[] = [];
  readonly versions: u32[] = [];
  private version: u32 = 0;
  /** Makes every call fail. */
  broken: bool = false;
  /** Answers as many writes with Late, whoever wrote. */
  lateWrites: i32 = 0;
  reads: i32 = 0;
  writes: i32 = 0;

  constructor() {
    for (let i = 0; i <= MAX_WORKERS; i++) {
      this.values.push(new StaticArray<u8>(8));
      this.versions.push(++this.version);
    }
  }

  put(entry: i32, ptr: usize, length: i32): void {
    const value = new StaticArray<u8>(length);
    memory.copy(changetype<usize>(value), ptr, <usize>length);
    this.values[entry] = value;
    this.versions[entry] = ++this.version;
  }

  /** Fills an entry with bytes that nobody of ours wrote. */
  spoil(entry: i32, length: i32, byte: u8): void {
    const value = new StaticArray<u8>(length);
    value.fill(byte);
    this.put(entry, changetype<usize>(value), length);
  }
}

/** What one worker has of them. */
export class SharedView extends PoolStore {
  private readonly seen: StaticArray<u32> = new StaticArray<u32>(MAX_WORKERS + 1);

  constructor(readonly bytes: SharedBytes) {
    super();
  }

  read(entry: i32): bool {
    const bytes = this.bytes;
    bytes.reads++;
    if (bytes.broken) return false;
    const value = bytes.values[entry];
    this.ptr = changetype<usize>(value);
    this.length = value.length;
    this.seen[entry] = bytes.versions[entry];
    return true;
  }

  compareAndSet(entry: i32, ptr: usize, length: i32): SharedWrite {
    const bytes = this.bytes;
    bytes.writes++;
    if (bytes.broken) return SharedWrite.Failed;
    if (bytes.lateWrites > 0) {
      bytes.lateWrites--;
      return SharedWrite.Late;
    }
    if (bytes.versions[entry] != this.seen[entry]) return SharedWrite.Late;
    bytes.put(entry, ptr, length);
    return SharedWrite.Done;
  }
}
