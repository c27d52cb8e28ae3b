import { roughLog2 } from "../../../assembly/core/log2";

export { latencyClass } from "./route-class";

/** Classes that are told apart; requests of any more share one. */
// @ts-ignore: decorator
@inline
const MAX_CLASSES: i32 = 64;
// @ts-ignore: decorator
@inline
const SLOTS: i32 = 128;
/** Slots in which a class can be. */
// @ts-ignore: decorator
@inline
const REACH: i32 = 16;
/** Added to every latency, so that jitter of scheduling is no slowness of an upstream that answers in less. */
// @ts-ignore: decorator
@inline
const JITTER_NS: u64 = 200_000;

/** What is known of one class; base and sums in log2 of nanoseconds. */
@unmanaged
class LatencyClass {
  hash: u64;
  /** What is usual without queueing, as a geometric mean; 0 as long as nothing is known. */
  base: f64;
  /** Samples of which `base` was made, up to a bound, and since `learn` last took them. */
  known: f64;
  count: f64;
  /** Of log2(latency / base), since then. */
  sum: f64;
  sumSquares: f64;
  /** Samples, halved now and then: what is hardly used makes room. */
  used: f64;
}

/** Samples on which a base rests at most: later ones then count as that many did. */
// @ts-ignore: decorator
@inline
const MOST_KNOWN: f64 = 1000;
/** Fewest new samples of a class from which its base learns. */
// @ts-ignore: decorator
@inline
const LEARNED: f64 = 20;

/** Latencies by class of requests, in fixed memory: what is usual in each, and how much longer a request takes. */
@final
export class LatencyClasses {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(<i32>(<usize>(SLOTS + 1) * offsetof<LatencyClass>()));
  private live: i32 = 0;
  /** log2 of the last noted latency, in ns. */
  log2: f64 = 0;

  /**
   * Notes the latency of a request of class `hash`.
   * @param fine false for a request that failed: it may be slow, but its being fast says nothing.
   * @returns log2(latency / usual), NaN when it says nothing: of the first ones of a class, which make what is usual.
   * Allocates: nothing.
   */
  note(hash: u64, latencyNs: u64, fine: bool): f64 {
    const log2 = roughLog2(latencyNs + JITTER_NS);
    this.log2 = log2;
    const one = this.slot(this.find(hash));
    one.used += 1;
    if (one.known < LEARNED) {
      if (!fine) return NaN;
      one.known += 1;
      one.base += (log2 - one.base) / one.known;
      return NaN;
    }
    const excess = log2 - one.base;
    if (!fine) return excess > 0 ? excess : NaN;
    one.count += 1;
    one.sum += excess;
    one.sumSquares += excess * excess;
    return excess;
  }

  /** Moves what is usual in all classes by a factor of 2^`shift`: it was seen without queueing. */
  shift(shift: f64): void {
    for (let i = 0; i <= SLOTS; i++) {
      const one = this.slot(i);
      one.base += shift;
      one.count = 0;
      one.sum = 0;
      one.sumSquares = 0;
    }
  }

  /**
   * Learns what is usual from the samples since the last time: call about every second.
   * @param free no request waited for another. Otherwise samples are only forgotten.
   */
  learn(free: bool, seconds: f64): void {
    for (let i = 0; i <= SLOTS; i++) {
      const one = this.slot(i);
      if (one.hash == 0 || one.count < LEARNED) continue;
      if (free) adjust(one, seconds);
      one.count = 0;
      one.sum = 0;
      one.sumSquares = 0;
    }
  }

  /** Halves the uses, and when the table is nearly full drops classes that are hardly used: about every 10 seconds. */
  fade(): void {
    const crowded = this.live > (MAX_CLASSES * 3) / 4;
    for (let i = 0; i < SLOTS; i++) {
      const one = this.slot(i);
      one.used *= 0.5;
      if (!crowded || one.hash == 0 || one.used >= 0.5) continue;
      memory.fill(changetype<usize>(one), 0, offsetof<LatencyClass>());
      this.live--;
    }
  }

  /** The slot of a class; that of all others when it has none and gets none. */
  private find(hash: u64): i32 {
    let free = -1;
    for (let i = 0; i < REACH; i++) {
      const slot = (<i32>((hash >> 8) + <u64>i)) & (SLOTS - 1);
      const there = this.slot(slot).hash;
      if (there == hash) return slot;
      if (there == 0 && free < 0) free = slot;
    }
    if (free < 0 || this.live >= MAX_CLASSES) {
      this.slot(SLOTS).hash = 1;
      return SLOTS;
    }
    this.live++;
    this.slot(free).hash = hash;
    return free;
  }

  // @ts-ignore: decorator
  @inline
  private slot(index: i32): LatencyClass {
    return changetype<LatencyClass>(changetype<usize>(this.bytes) + <usize>index * offsetof<LatencyClass>());
  }
}

/** Down at once when it is surely faster, up slowly when it is surely slower, in between towards the mean. */
function adjust(one: LatencyClass, seconds: f64): void {
  const mean = one.sum / one.count;
  const error = Math.sqrt(max<f64>(0, one.sumSquares / one.count - mean * mean) / one.count) + 0.01;
  if (mean > 2 * error) one.base += min<f64>(mean, RISE_PER_SECOND * seconds);
  else if (mean < -2 * error) one.base += mean;
  else one.base += (mean * one.count) / (one.known + one.count);
  one.known = min<f64>(MOST_KNOWN, one.known + one.count);
}

/** log2 a second: 0.2 %. */
// @ts-ignore: decorator
@inline
const RISE_PER_SECOND: f64 = 0.003;
