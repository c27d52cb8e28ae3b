import { LATENCY_BUCKETS } from "../../../assembly/core/log-histogram";

// What all workers know of the arms, as the bytes in shared data:
//
//   | RecordHead | WatchState x watches | (Slice, latency buckets: 64 x f32) x SLICES x series |   little endian
//
// A series is the requests of one arm in the last SLICES slices of time of one length; slice number n lies at n modulo
// SLICES, and one whose number is not of the window counts as empty. So nothing has to be moved or forgotten as time
// passes, whoever comes and however late.

/** Parts of a window: it moves on by one at a time. */
// @ts-ignore: decorator
@inline
export const SLICES: i32 = 10;
/** Of this layout: bytes of another one are nobody's. */
// @ts-ignore: decorator
@inline
const LAYOUT: u64 = 0x7469_6465_6865_0001;


@unmanaged
class RecordHead {
  layout: u64;
  /** Of the configuration: workers of another one have their own record. */
  fingerprint: u64;
  /** Monotonic time of the last write. */
  atNs: u64;
}

/** What is known of one watched arm. Times are monotonic. */
@unmanaged
export class WatchState {
  /** Whether the arm is taken out, and how many times it was without being well for long in between. */
  isAborted: u32;
  aborts: u32;
  /** When it was taken out, or let in again. */
  sinceNs: u64;
  /** When to let it in. */
  untilNs: u64;
  /** The first slice of time that counts. */
  fromSlice: u64;
  /** Since when the window shows that it fails or is slow; 0: it does not. */
  badSinceNs: u64;
  /** What was counted since then: requests and failures, timed requests and slow ones. */
  requests: f64;
  failed: f64;
  timed: f64;
  slow: f64;
}

/** The requests of one arm in one slice of time. */
@unmanaged
export class Slice {
  number: u64;
  requests: u32;
  failed: u32;

  /** Address of the LATENCY_BUCKETS counts, f32, of requests that did not fail. */
  // @ts-ignore: decorator
  @inline
  get buckets(): usize {
    return changetype<usize>(this) + offsetof<Slice>();
  }
}

const SLICE_BYTES: usize = offsetof<Slice>() + ((<usize>LATENCY_BUCKETS) << 2);

/** Whose bytes these are; 0 when they are no record. Allocates: nothing. */
export function recordFingerprint(ptr: usize, length: i32): u64 {
  if (length < <i32>offsetof<RecordHead>()) return 0;
  const head = changetype<RecordHead>(ptr);
  return head.layout == LAYOUT ? head.fingerprint : 0;
}

/** When the record was written last; 0 when the bytes are none. Allocates: nothing. */
export function recordTime(ptr: usize, length: i32): u64 {
  return recordFingerprint(ptr, length) != 0 ? changetype<RecordHead>(ptr).atNs : 0;
}

/** One copy of the record. Memory is fixed at construction. */
@final
export class HealthRecord {
  private readonly bytes: StaticArray<u8>;
  private readonly slicesAt: usize;

  /** @param fingerprint not 0. */
  constructor(
    private readonly fingerprint: u64,
    watches: i32,
    series: i32,
  ) {
    const slicesAt = offsetof<RecordHead>() + <usize>watches * offsetof<WatchState>();
    this.slicesAt = slicesAt;
    this.bytes = new StaticArray<u8>(<i32>(slicesAt + <usize>(series * SLICES) * SLICE_BYTES));
    this.clear();
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

  /** Makes it a record in which nothing was counted. */
  clear(): void {
    memory.fill(this.ptr, 0, <usize>this.size);
    const head = changetype<RecordHead>(this.ptr);
    head.layout = LAYOUT;
    head.fingerprint = this.fingerprint;
  }

  /** Notes when it is written. */
  stamp(nowNs: u64): void {
    changetype<RecordHead>(this.ptr).atNs = nowNs;
  }

  /** Takes over the bytes of a record of this configuration; false, without a change, when they are none. */
  decode(ptr: usize, length: i32): bool {
    if (length != this.size || recordFingerprint(ptr, length) != this.fingerprint) return false;
    memory.copy(this.ptr, ptr, <usize>length);
    return true;
  }

  /** @param watch below the number at construction. */
  // @ts-ignore: decorator
  @inline
  state(watch: i32): WatchState {
    return changetype<WatchState>(this.ptr + offsetof<RecordHead>() + <usize>watch * offsetof<WatchState>());
  }

  /** The place of slice `number`, with whatever number it has. @param series below the number at construction. */
  // @ts-ignore: decorator
  @inline
  slice(series: i32, number: u64): Slice {
    const place = <usize>(series * SLICES) + <usize>(number % <u64>SLICES);
    return changetype<Slice>(this.ptr + this.slicesAt + place * SLICE_BYTES);
  }

  /** The same, empty if it was of another time. */
  openSlice(series: i32, number: u64): Slice {
    const slice = this.slice(series, number);
    if (slice.number == number) return slice;
    memory.fill(changetype<usize>(slice), 0, SLICE_BYTES);
    slice.number = number;
    return slice;
  }
}
