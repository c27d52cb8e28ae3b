import { latencyBucket, LATENCY_BUCKETS, latencyMean, latencyPercentile } from "../../../assembly/core/log-histogram";
import { Counts } from "./counts";

// What one worker tells the others, and what all of them told, as the bytes in shared data:
//
//   | ReportFields | latency buckets: 64 x f32 | loads: 16 x f32 | their ages in s: 16 x f32 | classes: 8 x f32 |
//                                                                                                 little endian
//
// A report has one writer. Counts since the worker began only grow, so that whoever adds the reports up takes what they
// have grown by since he was there last, and neither misses nor doubles anything however late a report is.

/** Loads that upstreams report, of which a report has room for so many. */
// @ts-ignore: decorator
@inline
export const MAX_LOADS: i32 = 16;
/** Seconds in which what is forgotten steadily falls to 1/e. */
// @ts-ignore: decorator
@inline
export const MEMORY_SECONDS: f64 = 5;
/** Seconds of the rate at which requests come, by which workers share a limit: fast, since load moves fast. */
// @ts-ignore: decorator
@inline
const DEMAND_SECONDS: f64 = 0.5;
/** Of this layout: bytes of another one are nobody's. */
// @ts-ignore: decorator
@inline
const LAYOUT: u64 = 0x7469_6465_7270_0003;
/** Classes of priority whose demand a report has room for. */
// @ts-ignore: decorator
@inline
export const REPORT_CLASSES: i32 = 8;

/** The beginning of a report; its counts are those since the worker began. */
@unmanaged
export class ReportFields extends Counts {
  layout: u64;
  /** Whose it is; 0 in a merged report. */
  nonce: u64;
  /** Monotonic time at which it was written. */
  atNs: u64;

  // Now.
  inflight: f64;
  /** Requests a second that want to enter, of about the last half second. */
  demand: f64;
  /** How much of it is to be let in as far as priorities say, and how much was. */
  wanted: f64;
  carried: f64;

  // Forgotten over MEMORY_SECONDS: divide by it for a rate per second.
  recentOffered: f64;
  recentRejected: f64;
  recentFinished: f64;
  recentKnown: f64;
  recentFailed: f64;
}

const BUCKETS_AT: usize = offsetof<ReportFields>();
const LOADS_AT: usize = BUCKETS_AT + ((<usize>LATENCY_BUCKETS) << 2);
const AGES_AT: usize = LOADS_AT + ((<usize>MAX_LOADS) << 2);

const CLASSES_AT: usize = AGES_AT + ((<usize>MAX_LOADS) << 2);

/** Size of a report in bytes. */
export const REPORT_BYTES: i32 = <i32>(CLASSES_AT + ((<usize>REPORT_CLASSES) << 2));

/** A worker's report, or several merged. Memory is fixed at construction. */
@final
export class WorkerReport {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(REPORT_BYTES);
  /** For `roll`: parts of demand that are to be let in as far as priorities say, and that were. */
  wantedPart: f64 = 1;
  carriedPart: f64 = 1;
  /** Counts at the last `roll`. */
  private rolledOffered: f64 = 0;
  private rolledRejected: f64 = 0;
  private rolledFinished: f64 = 0;
  private rolledKnown: f64 = 0;
  private rolledFailed: f64 = 0;

  constructor() {
    this.clear();
  }

  /** Address of the report's REPORT_BYTES bytes. */
  // @ts-ignore: decorator
  @inline
  get ptr(): usize {
    return changetype<usize>(this.bytes);
  }

  // @ts-ignore: decorator
  @inline
  get fields(): ReportFields {
    return changetype<ReportFields>(this.ptr);
  }

  /** Address of LATENCY_BUCKETS counts, f32. */
  // @ts-ignore: decorator
  @inline
  get buckets(): usize {
    return this.ptr + BUCKETS_AT;
  }

  clear(): void {
    memory.fill(this.ptr, 0, <usize>REPORT_BYTES);
    this.fields.layout = LAYOUT;
    for (let i = 0; i < MAX_LOADS; i++) this.setLoad(i, NaN, Infinity);
  }

  /** Takes over the bytes of a report; false, without a change, when they are none. Allocates: nothing. */
  decode(ptr: usize, length: i32): bool {
    if (length != REPORT_BYTES || changetype<ReportFields>(ptr).layout != LAYOUT) return false;
    memory.copy(this.ptr, ptr, <usize>length);
    return true;
  }

  /** Counts one timed request in the buckets. Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  countLatency(ns: u64): void {
    const bucket = this.buckets + ((<usize>latencyBucket(ns)) << 2);
    store<f32>(bucket, load<f32>(bucket) + 1);
  }

  /** The load with this number, NaN when it is not known. */
  load(index: i32): f64 {
    return <f64>load<f32>(this.ptr + LOADS_AT + ((<usize>index) << 2));
  }

  /** Seconds since the load was reported. */
  loadAge(index: i32): f64 {
    return <f64>load<f32>(this.ptr + AGES_AT + ((<usize>index) << 2));
  }

  /** @param index below MAX_LOADS. Allocates: nothing. */
  setLoad(index: i32, value: f64, ageSeconds: f64): void {
    store<f32>(this.ptr + LOADS_AT + ((<usize>index) << 2), <f32>value);
    store<f32>(this.ptr + AGES_AT + ((<usize>index) << 2), <f32>ageSeconds);
  }

  /** Requests a second of a class of priority. @param c below REPORT_CLASSES. */
  classDemand(c: i32): f64 {
    return <f64>load<f32>(this.ptr + CLASSES_AT + ((<usize>c) << 2));
  }

  /** @param c below REPORT_CLASSES. Allocates: nothing. */
  setClassDemand(c: i32, demand: f64): void {
    store<f32>(this.ptr + CLASSES_AT + ((<usize>c) << 2), <f32>demand);
  }

  /** The latency in ns that `part` (0 to 1) of the requests stay below; NaN when there was none. Allocates: nothing. */
  percentile(part: f64): f64 {
    return latencyPercentile(this.buckets, part);
  }

  /** The mean latency in ns; NaN when there was no request. */
  get meanLatency(): f64 {
    return latencyMean(this.buckets);
  }

  /** Requests a second that came. */
  get requestRate(): f64 {
    return this.fields.recentOffered / MEMORY_SECONDS;
  }

  /** The share of answers that were failures, 0 to 1; NaN when none was looked at. */
  get failureShare(): f64 {
    const fields = this.fields;
    return fields.recentKnown > MIN_COUNT ? min<f64>(1, fields.recentFailed / fields.recentKnown) : NaN;
  }

  /** The share of requests that the limit of concurrency turned away, 0 to 1; NaN when none came. */
  get rejectedShare(): f64 {
    const fields = this.fields;
    return fields.recentOffered > MIN_COUNT ? min<f64>(1, fields.recentRejected / fields.recentOffered) : NaN;
  }

  /** Lets `seconds` pass: what is recent fades, and what was counted meanwhile becomes recent. Allocates: nothing. */
  roll(seconds: f64): void {
    const keep = Math.exp(-seconds / MEMORY_SECONDS);
    const fields = this.fields;
    const offered = fields.offered - this.rolledOffered;
    fields.recentOffered = fields.recentOffered * keep + offered;
    fields.recentRejected = fields.recentRejected * keep + fields.rejected - this.rolledRejected;
    fields.recentFinished = fields.recentFinished * keep + fields.finished - this.rolledFinished;
    fields.recentKnown = fields.recentKnown * keep + fields.known - this.rolledKnown;
    fields.recentFailed = fields.recentFailed * keep + fields.failed - this.rolledFailed;
    this.rolledOffered = fields.offered;
    this.rolledRejected = fields.rejected;
    this.rolledFinished = fields.finished;
    this.rolledKnown = fields.known;
    this.rolledFailed = fields.failed;
    if (seconds > 0) {
      fields.demand += (offered / seconds - fields.demand) * (1 - Math.exp(-seconds / DEMAND_SECONDS));
    }
    fields.wanted = fields.demand * this.wantedPart;
    fields.carried = fields.demand * this.carriedPart;
    for (let i = 0; i < LATENCY_BUCKETS; i++) {
      const bucket = this.buckets + ((<usize>i) << 2);
      store<f32>(bucket, load<f32>(bucket) * <f32>keep);
    }
    for (let i = 0; i < MAX_LOADS; i++) this.setLoad(i, this.load(i), this.loadAge(i) + seconds);
  }

  /** Adds another worker's report to this merged one. Of a load the youngest value stays. Allocates: nothing. */
  merge(other: WorkerReport): void {
    const fields = this.fields;
    const others = other.fields;
    fields.inflight += others.inflight;
    fields.demand += others.demand;
    fields.wanted += others.wanted;
    fields.carried += others.carried;
    for (let c = 0; c < REPORT_CLASSES; c++) this.setClassDemand(c, this.classDemand(c) + other.classDemand(c));
    fields.recentOffered += others.recentOffered;
    fields.recentRejected += others.recentRejected;
    fields.recentFinished += others.recentFinished;
    fields.recentKnown += others.recentKnown;
    fields.recentFailed += others.recentFailed;
    for (let i = 0; i < LATENCY_BUCKETS; i++) {
      const at = (<usize>i) << 2;
      store<f32>(this.buckets + at, load<f32>(this.buckets + at) + load<f32>(other.buckets + at));
    }
    for (let i = 0; i < MAX_LOADS; i++) {
      if (other.loadAge(i) < this.loadAge(i)) this.setLoad(i, other.load(i), other.loadAge(i));
    }
  }
}

/** Less than half a request is none. */
// @ts-ignore: decorator
@inline
const MIN_COUNT: f64 = 0.5;
