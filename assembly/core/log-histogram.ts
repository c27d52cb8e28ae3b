import { roughLog2 } from "./log2";

// Latencies in buckets that grow by the same factor:
//
//   | below 0.1 ms x 1.24 | ... 62 more, each 1.24 times the last | above 80 s |        64 x f32
//
// 64 buckets from 0.1 ms to 100 s: a percentile is known within 12 %, better where requests are spread over a bucket.

// @ts-ignore: decorator
@inline
export const LATENCY_BUCKETS: i32 = 64;
/** log2 of 100,000 ns. */
// @ts-ignore: decorator
@inline
const FIRST_LOG2: f64 = 16.609640474436812;
/** Buckets for each doubling: 64 buckets are a factor of 10^6. */
// @ts-ignore: decorator
@inline
const PER_DOUBLING: f64 = 3.2109926250577576;

/** The bucket of a latency. Allocates: nothing. */
export function latencyBucket(ns: u64): i32 {
  const place = (roughLog2(max<u64>(1, ns)) - FIRST_LOG2) * PER_DOUBLING;
  return <i32>min<f64>(<f64>(LATENCY_BUCKETS - 1), max<f64>(0, place));
}

/** The latency at `place` buckets from the first one's beginning, in ns. */
function latencyAt(place: f64): f64 {
  return Math.pow(2, FIRST_LOG2 + place / PER_DOUBLING);
}

/**
 * The latency in ns that a share of `part` (0 to 1) of what is in the buckets does not exceed; NaN of empty ones.
 * @param buckets address of LATENCY_BUCKETS counts, f32. Allocates: nothing. Not for the request path.
 */
export function latencyPercentile(buckets: usize, part: f64): f64 {
  const total = totalOf(buckets);
  if (!(total > 0)) return NaN;
  let rest = total * part;
  for (let i = 0; i < LATENCY_BUCKETS; i++) {
    const count = <f64>load<f32>(buckets + ((<usize>i) << 2));
    if (count > 0 && rest <= count) return latencyAt(<f64>i + max<f64>(0, rest) / count);
    rest -= count;
  }
  return latencyAt(<f64>LATENCY_BUCKETS);
}

/** The mean latency in ns, as if all of a bucket were at its geometric middle; NaN of empty buckets. */
export function latencyMean(buckets: usize): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < LATENCY_BUCKETS; i++) {
    sum += <f64>load<f32>(buckets + ((<usize>i) << 2)) * latencyAt(<f64>i + 0.5);
  }
  const total = totalOf(buckets);
  return total > 0 ? sum / total : NaN;
}

function totalOf(buckets: usize): f64 {
  let total: f64 = 0;
  for (let i = 0; i < LATENCY_BUCKETS; i++) total += <f64>load<f32>(buckets + ((<usize>i) << 2));
  return total;
}

/**
 * How many of what is in the buckets are longer than `ns`, as if each bucket's were spread over it.
 * @param buckets address of LATENCY_BUCKETS counts, f32. Allocates: nothing. Not for the request path.
 */
export function latencyCountAbove(buckets: usize, ns: f64): f64 {
  const place = (Math.log2(max<f64>(1, ns)) - FIRST_LOG2) * PER_DOUBLING;
  let count: f64 = 0;
  for (let i = 0; i < LATENCY_BUCKETS; i++) {
    const part = min<f64>(1, max<f64>(0, <f64>(i + 1) - place));
    count += part * <f64>load<f32>(buckets + ((<usize>i) << 2));
  }
  return count;
}

/** Adds the counts of the buckets `from` to those of `to`. Allocates: nothing. */
export function addBuckets(to: usize, from: usize): void {
  for (let i = 0; i < LATENCY_BUCKETS; i++) {
    const at = (<usize>i) << 2;
    store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
  }
}
