import { SharedWrite } from "../../../assembly/core/shared-write";
import { Controller } from "../concurrency/controller";
import { ExactShares } from "../concurrency/share";
import { ControlRecord, MAX_WORKERS, takeGrowth } from "./control";
import { REPORT_BYTES, ReportFields, WorkerReport } from "./report";
import { CONTROL_ENTRY, PoolStore } from "./store";

/** Time between two rounds. */
// @ts-ignore: decorator
@inline
const ROUND_NS: u64 = 50_000_000;
/** A worker that wrote no report for so long is gone, and its entry free. */
// @ts-ignore: decorator
@inline
const STALE_NS: u64 = 3_000_000_000;
// @ts-ignore: decorator
@inline
const GOLDEN: f64 = 0.6180339887498949;

/** One worker's part in what all workers know. Memory is fixed at construction. */
@final
export class Pool {
  /** What this worker tells. */
  readonly own: WorkerReport = new WorkerReport();
  /** What all follow, as this worker knows it. */
  readonly control: ControlRecord = new ControlRecord();
  private readonly other: WorkerReport = new WorkerReport();
  private readonly shares: ExactShares = new ExactShares();
  private readonly demands: StaticArray<f64> = new StaticArray<f64>(MAX_WORKERS);
  private readonly inflights: StaticArray<f64> = new StaticArray<f64>(MAX_WORKERS);
  /** This worker's entry less one; -1 while it has none. */
  private slot: i32 = -1;
  /** Rounds that another worker was faster to lead, and calls of a store that did not work. */
  races: u64 = 0;
  failures: u64 = 0;

  /**
   * @param store null to work alone. @param nonce by chance, another one in each worker, not 0. @param limit at first.
   */
  constructor(
    private readonly store: PoolStore | null,
    private readonly nonce: u64,
    nowNs: u64,
    limit: f64,
  ) {
    this.control.clear(nowNs, limit);
    this.own.fields.nonce = nonce;
  }

  /** Whether this worker shares nothing. */
  get alone(): bool {
    return this.store == null || this.slot < 0;
  }

  /** Requests in flight that this worker may have; at least 1. */
  get allowance(): f64 {
    const fields = this.control.fields;
    if (this.slot >= 0) {
      const seen = this.control.seen(this.slot);
      if (seen.nonce == this.nonce) return max<f64>(1, seen.allowance);
    }
    return max<f64>(1, fields.limit / max<f64>(1, fields.workers + (this.alone && this.store != null ? 1 : 0)));
  }

  /**
   * Publishes this worker's report, which must be up to date, and takes part in the next round: leads it if nobody did.
   * Call every 50 ms once the worker has had a request. Allocates: nothing.
   * @returns whether there was a round.
   */
  tick(nowNs: u64, controller: Controller): bool {
    this.own.fields.atNs = nowNs;
    const store = this.store;
    if (store == null) {
      this.slot = 0;
      return this.isDue(nowNs) && this.lead(nowNs, controller, null);
    }
    if (!this.publish(store, nowNs)) return this.isDue(nowNs) && this.leadAlone(nowNs, controller);
    const rounds = this.control.fields.rounds;
    if (store.read(CONTROL_ENTRY)) this.control.decode(store.ptr, store.length);
    if (this.isDue(nowNs)) return this.lead(nowNs, controller, store);
    return this.control.fields.rounds != rounds;
  }

  /**
   * Before this worker's first request: reads what the others know, so that `allowance` goes by it. One host call.
   * @returns false when they tell nothing, or nothing that is not old. Allocates: nothing.
   */
  join(nowNs: u64): bool {
    const store = this.store;
    if (store == null || !store.read(CONTROL_ENTRY)) return false;
    return this.control.decode(store.ptr, store.length) && isFresh(this.control.fields.atNs, nowNs);
  }

  // A round of another time (of a clock that was set) is as good as none.
  private isDue(nowNs: u64): bool {
    const since = <i64>(nowNs - this.control.fields.atNs);
    return since >= <i64>ROUND_NS || since < -(<i64>ROUND_NS);
  }

  /** Writes the report to this worker's entry, and finds one if it has none. */
  private publish(store: PoolStore, nowNs: u64): bool {
    if (this.slot >= 0 && this.owns(store, this.slot, nowNs)) {
      // A report that is not written is in the next one.
      if (!this.write(store, this.slot)) this.failures++;
      return true;
    }
    this.slot = -1;
    for (let slot = 0; slot < MAX_WORKERS; slot++) {
      if (!this.owns(store, slot, nowNs) || !this.write(store, slot)) continue;
      this.slot = slot;
      return true;
    }
    this.failures++;
    return false;
  }

  /** Whether an entry is this worker's, or free. */
  private owns(store: PoolStore, slot: i32, nowNs: u64): bool {
    if (!store.read(slot + 1)) return false;
    const other = this.other;
    if (!other.decode(store.ptr, store.length)) return true;
    return other.fields.nonce == this.nonce || !isFresh(other.fields.atNs, nowNs);
  }

  private write(store: PoolStore, slot: i32): bool {
    return store.compareAndSet(slot + 1, this.own.ptr, REPORT_BYTES) == SharedWrite.Done;
  }

  /** Without an entry of its own a worker goes by its own requests. */
  private leadAlone(nowNs: u64, controller: Controller): bool {
    this.slot = 0;
    this.lead(nowNs, controller, null);
    this.slot = -1;
    return true;
  }

  private lead(nowNs: u64, controller: Controller, store: PoolStore | null): bool {
    const control = this.control;
    const fields = control.fields;
    control.merged.clear();
    const workers = this.gather(nowNs, store);
    fields.workers = <f64>workers;
    controller.step(fields, control.merged, nowNs);
    this.share();
    fields.atNs = nowNs;
    fields.rounds++;
    if (store == null) return true;
    control.encode();
    const written = store.compareAndSet(CONTROL_ENTRY, control.ptr, control.size);
    if (written == SharedWrite.Done) return true;
    if (written == SharedWrite.Late) this.races++;
    else this.failures++;
    // What another worker wrote counts.
    return store.read(CONTROL_ENTRY) && control.decode(store.ptr, store.length);
  }

  /** Adds up all reports; how many there are. */
  private gather(nowNs: u64, store: PoolStore | null): i32 {
    const control = this.control;
    let workers = 0;
    let isEnd = store == null;
    for (let slot = 0; slot < MAX_WORKERS; slot++) {
      const seen = control.seen(slot);
      unchecked((this.demands[slot] = -1));
      const isOwn = slot == this.slot;
      // Workers take the first free entry: after one that was never written there are none.
      if (!isOwn && !isEnd) isEnd = !this.readReport(slot, store!);
      const report = isOwn ? this.own : this.other;
      if (!isOwn && (isEnd || !isUsable(report.fields, nowNs))) {
        seen.nonce = 0;
        continue;
      }
      takeGrowth(control.fields, seen, report.fields);
      control.merged.merge(report);
      unchecked((this.demands[slot] = report.fields.wanted));
      unchecked((this.inflights[slot] = report.fields.inflight));
      workers++;
    }
    return workers;
  }

  /** Fetches another worker's report into `other`; false when there is none. */
  private readReport(slot: i32, store: PoolStore): bool {
    return store.read(slot + 1) && this.other.decode(store.ptr, store.length);
  }

  /** Shares the limit: by demand; and while there is room, each worker may take what the others leave. */
  private share(): void {
    const control = this.control;
    const fields = control.fields;
    const merged = control.merged.fields;
    const limit = fields.limit;
    // A worker without demand must be able to begin.
    const least = 0.02 * merged.wanted + 0.01;
    const free = max<f64>(0, limit - merged.inflight);
    const turn = <f64>fields.rounds * GOLDEN;
    const part = turn - Math.floor(turn);
    // Over time the whole numbers are as large as the limit.
    this.shares.begin(Math.floor(limit + part), merged.wanted + least * fields.workers, part);
    for (let slot = 0; slot < MAX_WORKERS; slot++) {
      const demand = unchecked(this.demands[slot]);
      if (demand < 0) continue;
      const share = this.shares.next(demand + least);
      const room = fields.limited > 0 ? 0 : unchecked(this.inflights[slot]) + free * min<f64>(1, 2 / fields.workers);
      control.seen(slot).allowance = max<f64>(1, max<f64>(share, Math.floor(room)));
    }
  }
}

/** Of a worker that is there, and made of numbers. */
function isUsable(fields: ReportFields, nowNs: u64): bool {
  return (
    isFresh(fields.atNs, nowNs) &&
    fields.inflight >= 0 &&
    fields.inflight < 1e9 &&
    fields.demand >= 0 &&
    fields.demand < 1e12 &&
    fields.wanted >= 0 &&
    fields.wanted < 1e12
  );
}

// @ts-ignore: decorator
@inline
function isFresh(atNs: u64, nowNs: u64): bool {
  const age = <i64>(nowNs - atNs);
  return age < <i64>STALE_NS && age > -(<i64>STALE_NS);
}
