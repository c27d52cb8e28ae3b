import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

/** What is known of whether a trace is recorded. */
export enum Sampling {
  /** Nobody has decided yet: who comes next may. */
  Undecided,
  Dropped,
  Sampled,
  /** Sampled, and whoever asks is to be obeyed: B3's and Jaeger's debug, Datadog's "user keep". */
  Debug,
}

/** Where a request stands in a trace, in no format's terms: what formats read and write. */
@final
export class TraceContext {
  traceIdHigh: u64 = 0;
  traceIdLow: u64 = 0;
  /** The caller's span; 0 when the format named none. */
  parentId: u64 = 0;
  sampling: Sampling = Sampling.Undecided;
  /** Whether the right-most 7 bytes of the trace id are random. https://www.w3.org/TR/trace-context-2/#random-trace-id-flag */
  isRandom: bool = false;
  /** Whether the trace id came in 64 bits: formats that have both widths write it so again. Its high half is then 0. */
  isShort: bool = false;

  /** Whether there is a trace at all; without, there may still be a decision. */
  get hasTrace(): bool {
    return (this.traceIdHigh | this.traceIdLow) != 0;
  }

  /** Whether the decision is to record the trace. */
  get isSampled(): bool {
    return this.sampling >= Sampling.Sampled;
  }

  /** Forgets everything. Allocates: nothing. */
  clear(): void {
    this.traceIdHigh = 0;
    this.traceIdLow = 0;
    this.parentId = 0;
    this.sampling = Sampling.Undecided;
    this.isRandom = false;
    this.isShort = false;
  }

  /** Becomes what `other` is. Allocates: nothing. */
  copy(other: TraceContext): void {
    this.traceIdHigh = other.traceIdHigh;
    this.traceIdLow = other.traceIdLow;
    this.parentId = other.parentId;
    this.sampling = other.sampling;
    this.isRandom = other.isRandom;
    this.isShort = other.isShort;
  }

  /** Whether both are of one trace. Allocates: nothing. */
  sameTrace(other: TraceContext): bool {
    return this.traceIdHigh == other.traceIdHigh && this.traceIdLow == other.traceIdLow;
  }

  /**
   * Whether `other` says the same of trace, parent and sampling; debug counts as sampled, since not all formats can tell
   * them apart. Allocates: nothing.
   */
  saysTheSame(other: TraceContext): bool {
    if (!this.sameTrace(other) || this.parentId != other.parentId) return false;
    const undecided = this.sampling == Sampling.Undecided || other.sampling == Sampling.Undecided;
    return undecided ? this.sampling == other.sampling : this.isSampled == other.isSampled;
  }

  /** Starts a new trace with ids drawn from `random`, never zero; who samples it decides next. Allocates: nothing. */
  start(random: Xoshiro256): void {
    do {
      this.traceIdHigh = random.next();
      this.traceIdLow = random.next();
    } while (!this.hasTrace);
    this.newParent(random);
    this.sampling = Sampling.Undecided;
    this.isRandom = true;
    this.isShort = false;
  }

  /** Names a new span as the parent of what follows. Allocates: nothing. */
  newParent(random: Xoshiro256): void {
    do {
      this.parentId = random.next();
    } while (this.parentId == 0);
  }
}
