import { addGrowth, copyCounts, Counts } from "./counts";
import { REPORT_BYTES, ReportFields, WorkerReport } from "./report";

// What all workers follow, as the bytes in shared data:
//
//   | ControlFields | Counts | merged report | SeenWorker x 64 |                                    little endian
//
// No worker is the leader: whoever comes first after a round's time adds the reports up, lets the controller go on from
// the state that is in the record, and writes it if nobody else did meanwhile.

/** Workers that can tell each other something; more work alone. */
// @ts-ignore: decorator
@inline
export const MAX_WORKERS: i32 = 64;
/** Of this layout: bytes of another one are nobody's. */
// @ts-ignore: decorator
@inline
const LAYOUT: u64 = 0x7469_6465_6374_0004;

/** The beginning of the record: when it was written, and the controller's state. Logarithms are to base 2. */
@unmanaged
export class ControlFields extends Counts {
  layout: u64;
  /** Monotonic time of the round. */
  atNs: u64;
  rounds: u64;
  /** Workers whose reports were added up. */
  workers: f64;

  /** Requests that may be in flight, as the controller has it; not whole. */
  limit: f64;
  /** 1 while requests are turned away, or were a short time ago: workers learn nothing then of what is usual. */
  limited: f64;
  /**
   * What workers do to what is usual in the classes of latency, as soon as they see it: multiply it by 2 to the power of
   * what `shift` has grown by; with each of `adoptions` take for usual what they have seen since the last of `marks`, or
   * if that is too little, multiply by 2 to the power of `adopted`.
   */
  shift: f64;
  adoptions: f64;
  adopted: f64;
  marks: f64;

  /** When the window began that the counts are of, and until when those of `earlierOf` are. */
  windowNs: u64;
  earlierNs: u64;

  /**
   * Whether a change still has to take effect (see settling.ts); since when, and how many requests were in flight then.
   */
  settling: f64;
  settleNs: u64;
  turnover: f64;
  /** How many times as long as usual requests take, how many are in flight, answers a second: smoothed, as logarithms. */
  slowness: f64;
  flight: f64;
  pace: f64;
  /** Requests in flight, and the share that fails, when nothing is limited. */
  usual: f64;
  usualFailing: f64;
  /** When requests last did not fail. */
  failingNs: u64;
  /** Windows in a row in which nothing was turned away. */
  quiet: f64;
  /** A `Question`, since when, and limit, flight and slowness before it. */
  question: f64;
  askedNs: u64;
  beforeLimit: f64;
  beforeFlight: f64;
  beforeSlowness: f64;
  /** Cuts in a row, and limit and slowness before the first. */
  cuts: f64;
  topLimit: f64;
  topSlowness: f64;
  /** The same since the limit has changed in small steps only; 0: take the next. */
  anchorLimit: f64;
  anchorFlight: f64;
  anchorSlowness: f64;
  /** When to look at what is usual, and how long that is after the last time, in ns. */
  lookNs: u64;
  lookEvery: f64;
}

/** What the record knows of one worker; its counts when they were last taken. */
@unmanaged
export class SeenWorker extends Counts {
  nonce: u64;
  /** Requests in flight that it may have. */
  allowance: f64;
}

const EARLIER_AT: usize = offsetof<ControlFields>();
const REPORT_AT: usize = EARLIER_AT + offsetof<Counts>();
const SEEN_AT: usize = REPORT_AT + <usize>REPORT_BYTES;
/** Size of the record in bytes. */
export const CONTROL_BYTES: i32 = <i32>(SEEN_AT + <usize>MAX_WORKERS * offsetof<SeenWorker>());

/** Of the window's counts those that are older than the last rounds. */
// @ts-ignore: decorator
@inline
export function earlierOf(fields: ControlFields): Counts {
  return changetype<Counts>(changetype<usize>(fields) + EARLIER_AT);
}

/** One copy of the record. Memory is fixed at construction. */
@final
export class ControlRecord {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(CONTROL_BYTES);
  /** All reports together, as of the last round. */
  readonly merged: WorkerReport = new WorkerReport();

  // @ts-ignore: decorator
  @inline
  get ptr(): usize {
    return changetype<usize>(this.bytes);
  }

  /** Bytes at `ptr`. */
  // @ts-ignore: decorator
  @inline
  get size(): i32 {
    return CONTROL_BYTES;
  }

  // @ts-ignore: decorator
  @inline
  get fields(): ControlFields {
    return changetype<ControlFields>(this.ptr);
  }

  /** @param slot below MAX_WORKERS. */
  // @ts-ignore: decorator
  @inline
  seen(slot: i32): SeenWorker {
    return changetype<SeenWorker>(this.ptr + SEEN_AT + <usize>slot * offsetof<SeenWorker>());
  }

  /** Makes it the record of a pool that nobody has worked in yet. */
  clear(nowNs: u64, limit: f64): void {
    memory.fill(this.ptr, 0, <usize>CONTROL_BYTES);
    this.merged.clear();
    const fields = this.fields;
    fields.layout = LAYOUT;
    fields.atNs = nowNs;
    fields.windowNs = nowNs;
    fields.limit = limit;
  }

  /** Writes `merged` to its place, so that `ptr` has the whole. */
  encode(): void {
    memory.copy(this.ptr + REPORT_AT, this.merged.ptr, <usize>REPORT_BYTES);
  }

  /** Takes over the bytes of a record; false, without a change, when they are none. Allocates: nothing. */
  decode(ptr: usize, length: i32): bool {
    if (length != CONTROL_BYTES || changetype<ControlFields>(ptr).layout != LAYOUT) return false;
    const limit = changetype<ControlFields>(ptr).limit;
    if (!(limit >= 1 && limit < 1e9)) return false;
    if (!this.merged.decode(ptr + REPORT_AT, REPORT_BYTES)) return false;
    memory.copy(this.ptr, ptr, <usize>length);
    return true;
  }
}

/**
 * Adds to the window what `report` has grown by since its worker was seen, and remembers it as seen. Of a worker that is
 * new in an entry nothing is added: it may have counted long before.
 */
export function takeGrowth(fields: ControlFields, seen: SeenWorker, report: ReportFields): void {
  if (seen.nonce == report.nonce) addGrowth(fields, seen, report);
  seen.nonce = report.nonce;
  copyCounts(seen, report);
}
