import { addBuckets, latencyBucket, LATENCY_BUCKETS } from "../../../assembly/core/log-histogram";
import { HealthRecord, Slice, SLICES } from "./record";

/** Requests of one arm: what a worker has not written yet, or a window. Memory is fixed at construction. */
@final
export class ArmCounts {
  requests: f64 = 0;
  failed: f64 = 0;
  private readonly latencies: StaticArray<f32> = new StaticArray<f32>(LATENCY_BUCKETS);

  /** Address of the LATENCY_BUCKETS counts, f32, of requests that did not fail. */
  // @ts-ignore: decorator
  @inline
  get buckets(): usize {
    return changetype<usize>(this.latencies);
  }

  /** Requests with a latency: those that did not fail. */
  // @ts-ignore: decorator
  @inline
  get timed(): f64 {
    return this.requests - this.failed;
  }

  clear(): void {
    this.requests = 0;
    this.failed = 0;
    memory.fill(this.buckets, 0, (<usize>LATENCY_BUCKETS) << 2);
  }

  /** Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  note(failed: bool, latencyNs: u64): void {
    this.requests += 1;
    if (failed) {
      this.failed += 1;
      return;
    }
    const bucket = this.buckets + ((<usize>latencyBucket(latencyNs)) << 2);
    store<f32>(bucket, load<f32>(bucket) + 1);
  }

  /** Adds what is here to a slice. */
  addTo(slice: Slice): void {
    slice.requests = sum(slice.requests, this.requests);
    slice.failed = sum(slice.failed, this.failed);
    addBuckets(slice.buckets, this.buckets);
  }

  /** Becomes what a series has in the window that ends with slice `last`, not before slice `from`. */
  window(record: HealthRecord, series: i32, from: u64, last: u64): void {
    this.clear();
    for (let back = 0; back < SLICES && <u64>back <= last; back++) {
      const number = last - <u64>back;
      const slice = record.slice(series, number);
      if (number < from || slice.number != number) continue;
      this.requests += <f64>slice.requests;
      this.failed += <f64>slice.failed;
      addBuckets(this.buckets, slice.buckets);
    }
  }
}

/** At most what fits. */
// @ts-ignore: decorator
@inline
function sum(before: u32, more: f64): u32 {
  return <u32>min<f64>(<f64>u32.MAX_VALUE, <f64>before + more);
}
