import { ControlFields } from "../pool/control";
import { WorkerReport } from "../pool/report";
import { excessRatio } from "./classes";
import { ConcurrencyConfig } from "./config";

/** What the next measurement is to tell. */
export const enum Question {
  None,
  /** Whether the cut of the limit shortened the queue, or there was none. */
  Cut,
  /** What is usual: the limit was lowered below what makes a queue. */
  Look,
}

// @ts-ignore: decorator
@inline
const LEAST_WINDOW_NS: i64 = 90_000_000;
// @ts-ignore: decorator
@inline
const MOST_WINDOW_NS: i64 = 10_000_000_000;
// @ts-ignore: decorator
@inline
const LEAST_SAMPLES: f64 = 30;
/** What a question is answered with: so small an error, so many samples, or so much time. */
// @ts-ignore: decorator
@inline
const CLEAR: f64 = 0.1;
// @ts-ignore: decorator
@inline
const MOST_SAMPLES: f64 = 150;
// @ts-ignore: decorator
@inline
const PATIENCE_NS: i64 = 333_000_000;
// @ts-ignore: decorator
@inline
const LAG_NS: i64 = 200_000_000;
/** Requests may take so much longer than usual: log2(1.35). */
// @ts-ignore: decorator
@inline
const TARGET: f64 = 0.43;
/** So little an excess says nothing of how far the knee is. */
// @ts-ignore: decorator
@inline
const FAST: f64 = 0.15;
/** How far below the estimated knee a look goes, log2. */
// @ts-ignore: decorator
@inline
const LOOK_DEPTH: f64 = 0.3;
/** Windows without a rejection after which nothing is limited any more. */
// @ts-ignore: decorator
@inline
const QUIET_WINDOWS: f64 = 10;
/** The upstream answers nearly all that comes, if slowly: it gets more room, up to a multiple of what is usual. */
// @ts-ignore: decorator
@inline
const KEEPING_UP: f64 = 0.9;
// @ts-ignore: decorator
@inline
const MOST_USUAL: f64 = 12;
// @ts-ignore: decorator
@inline
const FIRST_LOOK_NS: f64 = 1e9;
// @ts-ignore: decorator
@inline
const MOST_LOOK_NS: f64 = 10e9;
/** Requests in flight that are always allowed as long as nothing is limited. */
// @ts-ignore: decorator
@inline
const IDLE_LIMIT: f64 = 64;

/** Finds how many requests may be in flight. Has no state but that of the record: any worker goes on where another was. */
@final
export class Controller {
  /** Of the window that is being judged: log2 of the ratio to what is usual, and its standard error. */
  private mean: f64 = 0;
  private error: f64 = 0;
  /** log2 of the mean number of requests in flight. */
  private flight: f64 = 0;

  constructor(private readonly config: ConcurrencyConfig) {}

  /** One round: `fields` has the sums of the window so far, `merged` what is now. Allocates: nothing. */
  step(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    if (<i64>(nowNs - fields.windowNs) < 0) return begin(fields, nowNs);
    if (fields.settling > 0) return this.settle(fields, nowNs);
    const lengthNs = <i64>(nowNs - fields.windowNs);
    if (lengthNs < LEAST_WINDOW_NS) return;
    if (fields.samples < LEAST_SAMPLES && lengthNs < MOST_WINDOW_NS) return;
    const known = this.measure(fields, <f64>lengthNs * 1e-9);
    const asked = fields.question != Question.None;
    const vague = this.error > (asked ? CLEAR : 2 * CLEAR);
    if (known && vague && fields.samples < MOST_SAMPLES && lengthNs < PATIENCE_NS * (asked ? 3 : 1)) return;
    const before = fields.limited > 0 ? fields.limit : 0;
    const shift = fields.shift;
    if (known) this.decide(fields, merged, nowNs);
    else this.rest(fields, merged);
    if (!(fields.limit >= this.config.minLimit)) fields.limit = this.config.minLimit;
    if (!(fields.limit <= this.config.maxLimit)) fields.limit = this.config.maxLimit;
    begin(fields, nowNs);
    fields.settling = 0;
    if (fields.shift != shift || (fields.limited > 0 && Math.abs(fields.limit - before) > 0.1 * before)) {
      fields.settling = 1;
      fields.settleNs = nowNs;
      fields.turnover = merged.fields.inflight;
    }
  }

  /** After a change of the limit: all workers must have it, and requests from before must have left. */
  private settle(fields: ControlFields, nowNs: u64): void {
    const lag = fields.workers > 1 ? LAG_NS : 0;
    const since = <i64>(nowNs - fields.settleNs);
    if (since < lag) return begin(fields, nowNs);
    if (fields.finished + fields.abandoned < fields.turnover && since < MOST_WINDOW_NS) return;
    fields.settling = -1;
    begin(fields, nowNs);
  }

  private measure(fields: ControlFields, seconds: f64): bool {
    const count = fields.samples;
    if (count < 5) return false;
    const excess = fields.sumLog / count;
    const variance = max<f64>(0, fields.sumSquares / count - excess * excess);
    if (!(Math.abs(excess) < 64) || !(variance < 4096)) return false;
    const ratio = excessRatio(excess);
    this.mean = Math.log2(ratio);
    this.flight = Math.log2(max<f64>(0.5, fields.area / seconds));
    this.error = (Math.sqrt(variance / count) * (1 + ratio)) / ratio + 0.02;
    return true;
  }

  private decide(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    const question = fields.question;
    fields.question = Question.None;
    if (question == Question.Look) return this.judgeLook(fields, nowNs);
    if (question == Question.Cut && this.judgeCut(fields, nowNs)) return;
    const mean = this.mean;
    const error = this.error;
    if (fields.limited > 0 && mean < -3 * error - 0.1) {
      fields.shift += mean;
      fields.excess = 0;
      return;
    }
    const prior = fields.settling < 0 ? 0.4 : 0.1;
    const jumped = Math.abs(mean - fields.excess) > 4 * error + 0.1;
    const weight = jumped ? 1 : (prior * prior) / (prior * prior + error * error);
    fields.excess += (mean - fields.excess) * weight;
    fields.flight += (this.flight - fields.flight) * weight;
    fields.quiet = fields.rejected > 0 ? 0 : fields.quiet + 1;
    const settled = fields.limited > 0;
    const idle = max<f64>(IDLE_LIMIT, 5 * fields.usual);
    if (fields.quiet > (settled && fields.limit < idle ? 1e9 : settled ? QUIET_WINDOWS : 0)) {
      return this.rest(fields, merged);
    }
    if (!settled) {
      if (fields.finished > KEEPING_UP * fields.offered && fields.limit < MOST_USUAL * fields.usual) {
        fields.limit *= 1.5;
        return;
      }
      fields.limited = 1;
      fields.lookEvery = fields.usual > 0 ? MOST_LOOK_NS : FIRST_LOOK_NS;
      fields.lookNs = nowNs + <u64>fields.lookEvery;
    }
    const room = TARGET + (1 - min<f64>(1, (fields.rejected / fields.offered) * 10)) * TARGET;
    const off = room - fields.excess;
    const doubt = error * weight;
    const wanted = off > doubt ? off - 0.5 * doubt : off < -doubt ? off + 0.5 * doubt : 0.5 * off;
    if (settled && this.isFutile(fields)) {
      this.adopt(fields, fields.excess, 0, nowNs);
      return;
    }
    if (wanted < -0.4) return this.cut(fields, merged, wanted, settled, nowNs);
    if (<i64>(nowNs - fields.lookNs) >= 0) return this.look(fields, nowNs);
    fields.streak = fields.rejected > 0 && fields.excess < FAST ? fields.streak + 1 : 0;
    const next = fields.limit * Math.pow(2, fields.streak > 1 ? 1 : wanted > 0.2 ? wanted : wanted * 0.5);
    fields.limit = fields.rejected > 0 || next < fields.limit ? next : max<f64>(fields.limit, min<f64>(next, idle));
  }

  /** Nothing is limited: the limit stays well above what is in flight, but does not go up with a queue. */
  private rest(fields: ControlFields, merged: WorkerReport): void {
    fields.limited = 0;
    const slow = fields.excess > TARGET;
    const inflight = merged.fields.inflight;
    if (!slow || inflight < fields.usual) {
      fields.usual += (inflight - fields.usual) * (inflight > fields.usual ? 0.1 : 0.01);
    }
    const wanted = max<f64>(IDLE_LIMIT, 5 * fields.usual);
    if (fields.limit >= wanted)
      fields.limit = max<f64>(max<f64>(wanted, min<f64>(fields.limit, 2 * inflight)), fields.limit * 0.99);
    else if (!slow) fields.limit = wanted;
  }

  /** @param settled whether the excess is that of the limit, not of a time before. */
  private cut(fields: ControlFields, merged: WorkerReport, wanted: f64, settled: bool, nowNs: u64): void {
    if (settled) this.ask(fields, Question.Cut, nowNs);
    const flight = settled ? 1.25 * Math.pow(2, fields.flight) : merged.fields.inflight;
    const used = min<f64>(fields.limit, max<f64>(1, flight));
    fields.limit = max<f64>(this.config.minLimit, used * Math.pow(2, max<f64>(settled ? -1 : -2, wanted)));
  }

  private look(fields: ControlFields, nowNs: u64): void {
    this.ask(fields, Question.Look, nowNs);
    fields.limit = max<f64>(
      this.config.minLimit,
      fields.limit * Math.pow(2, -min<f64>(TARGET, max<f64>(0, fields.excess)) - LOOK_DEPTH),
    );
  }

  private ask(fields: ControlFields, question: Question, nowNs: u64): void {
    fields.askedNs = nowNs;
    fields.question = question;
    fields.beforeLimit = fields.limit;
    fields.beforeFlight = fields.flight;
    fields.beforeExcess = fields.excess;
  }

  /** @returns whether the limit is settled with it. */
  private judgeCut(fields: ControlFields, nowNs: u64): bool {
    const depth = fields.beforeFlight - this.flight;
    const gained = fields.beforeExcess - this.mean;
    if (depth < 0.3 || gained > 0.8 * depth || this.mean < TARGET || isFailing(fields)) return false;
    // Fewer in flight are not faster: there is no queue at this limit, and this is what is usual now.
    fields.limit = fields.beforeLimit;
    this.adopt(fields, this.mean, gained, nowNs);
    return true;
  }

  /** Takes what is measured as usual; the limit was too low by as much as it was lowered without gain. */
  private adopt(fields: ControlFields, shift: f64, gained: f64, nowNs: u64): void {
    fields.shift += shift;
    fields.excess = 0;
    fields.limit *= Math.pow(2, min<f64>(0, TARGET - gained));
    fields.lookEvery = max<f64>(2e9, 5 * <f64>(nowNs - fields.askedNs));
    fields.lookNs = nowNs + <u64>fields.lookEvery;
    fields.anchorLimit = 0;
  }

  /** Whether the limit has sunk step by step, and latency with it not. */
  private isFutile(fields: ControlFields): bool {
    const depth = fields.anchorFlight - fields.flight;
    if (fields.anchorLimit == 0 || Math.abs(depth) > 0.5) {
      const gained = fields.anchorExcess - fields.excess;
      const futile = fields.anchorLimit > 0 && depth > 0 && gained < 0.3 * depth && fields.excess > 0.7 * TARGET;
      if (futile && !isFailing(fields)) {
        fields.limit = fields.anchorLimit;
        return true;
      }
      fields.anchorLimit = fields.limit;
      fields.anchorFlight = fields.flight;
      fields.anchorExcess = fields.excess;
    }
    return false;
  }

  private judgeLook(fields: ControlFields, nowNs: u64): void {
    const mean = this.mean;
    const depth = fields.beforeFlight - this.flight;
    const gained = fields.beforeExcess - mean;
    if (gained > 0.8 * depth && mean < -1.5 * this.error && depth > 0.2 && fields.limit > this.config.minLimit) {
      // Still as much faster as there are fewer: there is a queue even so.
      fields.question = Question.Look;
      fields.beforeFlight = this.flight;
      fields.beforeExcess = mean;
      fields.limit *= 0.6;
      return;
    }
    let shift: f64 = 0;
    if (gained < 0.35 * depth && mean > 2 * this.error) shift = isFailing(fields) ? 0 : mean;
    else shift = mean < -3 * this.error ? mean : 0.5 * mean;
    fields.shift += shift;
    fields.excess -= shift;
    fields.limit = fields.beforeLimit * Math.pow(2, min<f64>(0, TARGET - fields.excess));
    const sure = Math.abs(shift) < 0.2;
    const lasted = <f64>(nowNs - fields.askedNs);
    const least = max<f64>(2e9, 5 * lasted);
    fields.lookEvery = sure ? min<f64>(max<f64>(MOST_LOOK_NS, 20 * lasted), 2 * fields.lookEvery) : least;
    fields.lookNs = nowNs + <u64>fields.lookEvery;
    fields.anchorLimit = 0;
  }
}

/** A new window. */
function begin(fields: ControlFields, nowNs: u64): void {
  fields.windowNs = nowNs;
  fields.offered = 0;
  fields.rejected = 0;
  fields.finished = 0;
  fields.known = 0;
  fields.failed = 0;
  fields.abandoned = 0;
  fields.samples = 0;
  fields.sumLog = 0;
  fields.sumSquares = 0;
  fields.area = 0;
}

/** Requests end without an answer, or badly: what is seen then is no service. */
function isFailing(fields: ControlFields): bool {
  return fields.failed > 0.1 * fields.known || fields.abandoned > 0.1 * (fields.abandoned + fields.finished);
}
