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

/** What is known of one class. */
@unmanaged
class LatencyClass {
  hash: u64;
  /** What is usual without queueing, in ns, and the binary logarithm of twice that. */
  base: f64;
  logTwice: f64;
  /** Samples of which `base` was made, up to a bound, and since `learn` last took them. */
  known: f64;
  count: f64;
  /** Of the excess since then. */
  sum: f64;
  squares: f64;
  /** Samples, halved now and then: what is hardly used makes room. */
  used: f64;
}

/** Samples on which a base rests at most: later ones then count as that many did. */
// @ts-ignore: decorator
@inline
const MOST_KNOWN: f64 = 1000;
/** Samples after which a base goes on by `learn`: the first ones to end are those that were fast. */
// @ts-ignore: decorator
@inline
const SETTLED: f64 = 200;
/** Fewest new samples of a class from which its base learns. */
// @ts-ignore: decorator
@inline
const LEARNED: f64 = 20;
// @ts-ignore: decorator
@inline
const ADOPTED: f64 = 8;

/** Latencies by class of requests, in fixed memory: what is usual in each, and how much longer a request takes. */
@final
export class LatencyClasses {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(<i32>(<usize>(SLOTS + 1) * offsetof<LatencyClass>()));
  private live: i32 = 0;

  /**
   * Notes the latency of a request of class `hash`.
   * @param fine false for a request that failed: it may be slow, but its being fast says nothing.
   * @returns its excess, NaN when it says nothing: of the first ones of a class, which make what is usual.
   * Allocates: nothing.
   */
  note(hash: u64, latencyNs: u64, fine: bool): f64 {
    const one = this.slot(this.find(hash));
    const latency = latencyNs + JITTER_NS;
    one.used += 1;
    if (one.known < LEARNED) {
      if (fine) begin(one, <f64>latency);
      return NaN;
    }
    const excess = roughLog2(latency + <u64>one.base) - one.logTwice;
    if (!fine && excess <= 0) return NaN;
    if (one.known < SETTLED && fine) {
      one.known += 1;
      setBase(one, one.base * (1 + (2 * excess) / one.known));
      return excess;
    }
    one.count += 1;
    one.sum += excess;
    one.squares += excess * excess;
    return excess;
  }

  /** Moves what is usual in all classes by a factor of 2^`shift`: it was seen without queueing. */
  shift(shift: f64): void {
    const factor = Math.pow(2, shift);
    for (let i = 0; i <= SLOTS; i++) {
      const one = this.slot(i);
      if (one.known >= LEARNED) setBase(one, one.base * factor);
      forget(one);
    }
  }

  /** Takes for usual what was seen since `forget`; in classes with too little of that, as `shift` does. */
  adopt(shift: f64): void {
    const factor = Math.pow(2, shift);
    for (let i = 0; i <= SLOTS; i++) {
      const one = this.slot(i);
      if (one.known < LEARNED) continue;
      setBase(one, one.base * (one.count >= ADOPTED ? excessRatio(one.sum / one.count) : factor));
      forget(one);
    }
  }

  /** Forgets the samples that nothing was learnt from. */
  forget(): void {
    for (let i = 0; i <= SLOTS; i++) forget(this.slot(i));
  }

  /** Learns what is usual from the samples since the last time: about every second while nothing is limited. */
  learn(seconds: f64): void {
    for (let i = 0; i <= SLOTS; i++) {
      const one = this.slot(i);
      if (one.hash == 0 || one.count < LEARNED) continue;
      adjust(one, seconds);
      forget(one);
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

/** The first latencies of a class: their mean is what is usual. */
function begin(one: LatencyClass, latency: f64): void {
  one.known += 1;
  setBase(one, one.base + (latency - one.base) / one.known);
}

/** Down soon when it is surely faster, up slowly when it is surely slower, in between towards the mean. */
function adjust(one: LatencyClass, seconds: f64): void {
  const mean = one.sum / one.count;
  const ratio = excessRatio(mean);
  const error = Math.sqrt(max<f64>(0, one.squares / one.count - mean * mean) / one.count) + 0.01;
  const sure = Math.abs(mean) > 3 * error;
  const weight = one.count / (one.known + one.count);
  if (!sure) setBase(one, one.base * (1 + (ratio - 1) * weight));
  else if (mean > 0) setBase(one, one.base * min<f64>(ratio, 1 + RISE_PER_SECOND * seconds));
  else setBase(one, one.base * 0.5 * (1 + ratio));
  one.known = min<f64>(MOST_KNOWN, one.known + one.count);
}

function setBase(one: LatencyClass, base: f64): void {
  if (!(base < MOST_BASE)) base = MOST_BASE;
  one.base = max<f64>(base, LEAST_BASE);
  one.logTwice = roughLog2((<u64>one.base) << 1);
}

function forget(one: LatencyClass): void {
  one.count = 0;
  one.sum = 0;
  one.squares = 0;
}

/**
 * How many times as long as usual requests take whose mean excess is this: at least LEAST_RATIO.
 * The excess of one is log2((latency + usual) / (2 * usual)): 0 for what is usual, at least -1 however fast, and growing
 * with the logarithm however slow, so that neither end of a wide distribution makes the mean.
 */
export function excessRatio(excess: f64): f64 {
  return max<f64>(LEAST_RATIO, 2 * Math.pow(2, excess) - 1);
}

// @ts-ignore: decorator
@inline
const LEAST_RATIO: f64 = 0.05;
/** A share of the base: 0.3 %. */
// @ts-ignore: decorator
@inline
const RISE_PER_SECOND: f64 = 0.003;
// @ts-ignore: decorator
@inline
const LEAST_BASE: f64 = 1000;
/** An hour. */
// @ts-ignore: decorator
@inline
const MOST_BASE: f64 = 3.6e12;
