import { clearTally, Tally, TALLY_BYTES } from "./tally";

// What all workers know of a rollout, as the bytes in shared data:
//
//   | RolloutHead | Tally: stable configuration | Tally: new one, earlier | Tally: new one, recently |   little endian

/** How far a proxy is; the numbers are those that its gauge shows. */
export enum Phase {
  /** It keeps the stable configuration: it is not in the share. */
  Stable,
  /** It still has the stable configuration, and measures it. */
  Baseline,
  /** It has taken the new configuration. */
  New,
  /** It has gone back to the stable configuration by itself. */
  Reverted,
}

/** Of this layout: bytes of another one are nobody's. */
// @ts-ignore: decorator
@inline
const LAYOUT: u64 = 0x7469_6465_726f_0001;

/** Times are in ns, and monotonic. */
@unmanaged
export class RolloutHead {
  layout: u64;
  /** Of the rollout: workers of another one have their own record. */
  fingerprint: u64;
  /** When it was written last. */
  atNs: u64;
  /** For how long workers have seen the phase last. */
  phaseNs: u64;
  /** For how long `recent` counts. */
  recentNs: u64;
  /** Requests under the new configuration. */
  requests: f64;
  phase: Phase;
  /** Whether the new configuration is watched no more. */
  isSettled: u32;
}

const RECORD_BYTES: usize = offsetof<RolloutHead>() + 3 * TALLY_BYTES;

/** Whose bytes these are; 0 when they are no record. Allocates: nothing. */
export function recordFingerprint(ptr: usize, length: i32): u64 {
  if (length != <i32>RECORD_BYTES) return 0;
  const head = changetype<RolloutHead>(ptr);
  const isSound = head.layout == LAYOUT && head.phase >= Phase.Baseline && head.phase <= Phase.Reverted;
  return isSound ? head.fingerprint : 0;
}

/** When the record was written last; 0 when the bytes are none. Allocates: nothing. */
export function recordTime(ptr: usize, length: i32): u64 {
  return recordFingerprint(ptr, length) != 0 ? changetype<RolloutHead>(ptr).atNs : 0;
}

/** One copy of the record. Memory is fixed at construction. */
@final
export class RolloutRecord {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(<i32>RECORD_BYTES);

  /** A rollout that begins. @param fingerprint not 0. */
  constructor(
    readonly fingerprint: u64,
    nowNs: u64,
  ) {
    const head = this.head;
    head.layout = LAYOUT;
    head.fingerprint = fingerprint;
    head.atNs = nowNs;
    head.phase = Phase.Baseline;
  }

  // @ts-ignore: decorator
  @inline
  get ptr(): usize {
    return changetype<usize>(this.bytes);
  }

  /** Bytes at `ptr`. */
  // @ts-ignore: decorator
  @inline
  get size(): i32 {
    return this.bytes.length;
  }

  // @ts-ignore: decorator
  @inline
  get head(): RolloutHead {
    return changetype<RolloutHead>(this.ptr);
  }

  /** What was counted under the stable configuration. */
  // @ts-ignore: decorator
  @inline
  get baseline(): Tally {
    return this.tally(0);
  }

  /** What was counted under the new one in the window before `recent`. */
  // @ts-ignore: decorator
  @inline
  get earlier(): Tally {
    return this.tally(1);
  }

  /** What was counted under the new one of late. */
  // @ts-ignore: decorator
  @inline
  get recent(): Tally {
    return this.tally(2);
  }

  // @ts-ignore: decorator
  @inline
  private tally(index: usize): Tally {
    return changetype<Tally>(this.ptr + offsetof<RolloutHead>() + index * TALLY_BYTES);
  }

  /** Begins the next window of the new configuration. */
  turn(): void {
    memory.copy(changetype<usize>(this.earlier), changetype<usize>(this.recent), TALLY_BYTES);
    clearTally(this.recent);
    this.head.recentNs = 0;
  }

  /** Takes over the bytes of a record of this rollout; false, without a change, when they are none. Allocates: nothing. */
  decode(ptr: usize, length: i32): bool {
    if (recordFingerprint(ptr, length) != this.fingerprint) return false;
    memory.copy(this.ptr, ptr, RECORD_BYTES);
    return true;
  }
}
