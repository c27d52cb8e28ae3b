import { ticksOf } from "../../../assembly/core/gcra";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { RateSource, SampleRate } from "./rate";

/** Tries at a state that other workers change just now; a trace that loses them all is not sampled. */
const ATTEMPTS: i32 = 4;

/** Keeps one state for each rate, the same for all workers. */
export abstract class RateStore {
  /** What was read last: whether there is a state, and which. */
  isThere: bool = false;
  state: u64 = 0;

  /** Reads the state of a bucket; false when the store does not work. */
  abstract read(bucket: i32): bool;

  /** Writes the state that was read last, unless another worker did since. */
  abstract write(bucket: i32, state: u64): SharedWrite;
}

/**
 * The rates of all workers together, as one of them sees them. Time passes only with ticks, so that no clock is read for
 * a request; and what was denied stays so until the next one, so that denying costs nothing. A worker whose store does
 * not work keeps the rates for itself. Allocates nothing after construction.
 */
@final
export class Rates extends RateSource {
  private now: u64 = 0;
  private readonly denied: StaticArray<bool>;
  /** The states of this worker alone. */
  private readonly own: StaticArray<u64>;

  constructor(
    private readonly rates: SampleRate[],
    private readonly store: RateStore,
  ) {
    super();
    this.denied = new StaticArray<bool>(rates.length);
    this.own = new StaticArray<u64>(rates.length);
  }

  /** Whether there is any rate, so that ticks matter. */
  get isNeeded(): bool {
    return this.rates.length > 0;
  }

  /** Call in onConfigure and every second or more often. @param nowNs of a clock that does not go back. */
  tick(nowNs: u64): void {
    this.now = ticksOf(nowNs);
    for (let i = 0; i < this.denied.length; i++) this.denied[i] = false;
  }

  /** No call to the store if denied since the last tick, else two. */
  take(bucket: i32): bool {
    if (this.denied[bucket]) return false;
    const rate = this.rates[bucket];
    const store = this.store;
    for (let i = 0; i < ATTEMPTS; i++) {
      if (!store.read(bucket)) return this.takeOwn(bucket);
      if (!rate.admits(store.isThere ? store.state : this.now, this.now)) {
        this.denied[bucket] = true;
        return false;
      }
      const written = store.write(bucket, rate.next);
      if (written == SharedWrite.Done) return true;
      if (written == SharedWrite.Failed) return this.takeOwn(bucket);
    }
    return false;
  }

  private takeOwn(bucket: i32): bool {
    const rate = this.rates[bucket];
    if (!rate.admits(this.own[bucket], this.now)) return false;
    this.own[bucket] = rate.next;
    return true;
  }
}
