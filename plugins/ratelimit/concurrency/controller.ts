import { ControlFields } from "../pool/control";
import { WorkerReport } from "../pool/report";
import { ConcurrencyConfig } from "./config";
import { Evidence, FAST, LARGE, LEAST_WINDOW_NS, MOST_WINDOW_NS } from "./evidence";
import { followJump } from "./jump";
import { Question, Questions, TARGET } from "./questions";
import { JUST_SETTLED, SETTLED, SETTLING, SETTLING_SOON } from "./settling";
import { beginWindow, FEW, Window } from "./window";

/** Until all workers have a new limit, and their reports tell of it: two ticks. */
// @ts-ignore: decorator
@inline
const LAG_NS: i64 = 100_000_000;
/** While requests fail, longer: so that what was given up, and is worked on still, does not count as slow. */
// @ts-ignore: decorator
@inline
const DRAINING_NS: i64 = 1_000_000_000;
/** A limit that changes by more than this share is waited for to take effect. */
// @ts-ignore: decorator
@inline
const LARGE_CHANGE: f64 = 0.1;
/** How much slowness changes from one window to the next, and with a new limit: what is measured counts by that. */
// @ts-ignore: decorator
@inline
const WANDER: f64 = 0.1;
// @ts-ignore: decorator
@inline
const NEW_WANDER: f64 = 0.4;
/** What is slower than it should be by LARGE is lowered by half at most, or by a quarter when it is not known for which limit. */
// @ts-ignore: decorator
@inline
const DEEPEST: f64 = 1;
// @ts-ignore: decorator
@inline
const DEEPEST_AT_ONCE: f64 = 2;
/** Once the upstream carries more, so many times what is usual may enter, but so many times the limit at most, a logarithm. */
// @ts-ignore: decorator
@inline
const ROOM_AGAIN: f64 = 2;
// @ts-ignore: decorator
@inline
const HIGHEST_LEAP: f64 = 2;
/** A share of failures beyond what is usual that is a sign of overload. */
// @ts-ignore: decorator
@inline
const FAILING: f64 = 0.05;
/** Failures up to this share can be usual. */
// @ts-ignore: decorator
@inline
const MOST_USUAL_FAILING: f64 = 0.3;
/** Windows without a rejection after which nothing is limited any more. */
// @ts-ignore: decorator
@inline
const QUIET_WINDOWS: f64 = 10;
/** While nothing is limited, room for so many requests, and so many times as many as there usually are. */
// @ts-ignore: decorator
@inline
const IDLE_LIMIT: f64 = 64;
// @ts-ignore: decorator
@inline
const IDLE_ROOM: f64 = 5;
/** An upstream that keeps up, if slowly, gets more room up to this multiple of what is usual, or up to so many requests. */
// @ts-ignore: decorator
@inline
const MOST_ROOM: f64 = 12;
// @ts-ignore: decorator
@inline
const ROOM_FOR_FEW: f64 = 100;

/** Finds how many requests may be in flight. Its state is in the record: any worker goes on where another was. */
@final
export class Controller {
  private readonly window: Window;
  private readonly questions: Questions;
  private readonly evidence: Evidence;
  /** Whether the limit went up at once, far below the knee: what is measured before it takes effect tells enough. */
  private leaps: bool = false;
  /** What was asked when the window began. */
  private asked: Question = Question.None;
  /** Whether the upstream carries more than it did. */
  private freed: bool = false;

  constructor(private readonly config: ConcurrencyConfig) {
    const window = new Window();
    this.window = window;
    const questions = new Questions(window, config.minLimit);
    this.questions = questions;
    this.evidence = new Evidence(window, questions);
  }

  /** One round: `fields` has the sums of the window so far, `merged` what is now. Allocates: nothing. */
  step(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    if (<i64>(nowNs - fields.windowNs) < 0) return setBack(fields, nowNs);
    if (fields.settling >= SETTLING) return this.settle(fields, merged, nowNs);
    followJump(fields, nowNs);
    const lengthNs = <i64>(nowNs - fields.windowNs);
    const isKnown = lengthNs >= LEAST_WINDOW_NS && this.window.take(fields, <f64>lengthNs * 1e-9);
    if (!this.evidence.isEnough(fields, isKnown, lengthNs)) return;
    const before = fields.limit;
    const wasLimited = fields.limited > 0;
    this.leaps = false;
    const usual = fields.shift + fields.adoptions;
    if (isKnown) this.decide(fields, merged, nowNs);
    else this.rest(fields, merged);
    if (!(fields.limit >= this.config.minLimit)) fields.limit = this.config.minLimit;
    if (!(fields.limit <= this.config.maxLimit)) fields.limit = this.config.maxLimit;
    beginWindow(fields, nowNs);
    const isChanged = !wasLimited || Math.abs(fields.limit - before) > LARGE_CHANGE * before;
    const isUsualNew = fields.shift + fields.adoptions != usual;
    const settling = this.leaps ? SETTLING_SOON : SETTLING;
    fields.settling = isUsualNew || (fields.limited > 0 && isChanged) ? settling : SETTLED;
    fields.settleNs = nowNs;
    fields.turnover = merged.fields.inflight;
  }

  /** After a change: all workers must have it, and the requests from before must have left. */
  private settle(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    const sinceNs = <i64>(nowNs - fields.settleNs);
    const waits = fields.settling == SETTLING && fields.workers > 1;
    if (waits && sinceNs < LAG_NS) return beginWindow(fields, nowNs);
    if (fields.finished + fields.abandoned < fields.turnover && sinceNs < MOST_WINDOW_NS) return;
    const failing = fields.failed + fields.abandoned;
    if (failing > (fields.usualFailing + FAILING) * fields.finished && sinceNs < DRAINING_NS) {
      // What was given up ends here, but is worked on still, for nobody.
      fields.turnover = merged.fields.inflight;
      return beginWindow(fields, nowNs);
    }
    fields.settling = JUST_SETTLED;
    fields.marks++;
    beginWindow(fields, nowNs);
  }

  private decide(fields: ControlFields, merged: WorkerReport, nowNs: u64): void {
    const window = this.window;
    const isFailing = window.failing > fields.usualFailing + FAILING;
    if (!isFailing) fields.failingNs = nowNs;
    this.asked = <Question>fields.question;
    fields.question = Question.None;
    if (this.asked == Question.Look) return this.questions.judgeLook(fields, isFailing, nowNs);
    if (this.asked == Question.Cut && this.questions.judgeCut(fields, isFailing, nowNs)) return;
    this.freed = this.evidence.isFreed(fields, this.asked);
    if (fields.limited > 0 && !this.freed && window.slowness < -3 * window.error - 0.1) {
      // Nothing is faster than what is usual.
      fields.shift += window.slowness;
      window.slowness = 0;
    }
    const doubt = this.follow(fields);
    const failing = min<f64>(MOST_USUAL_FAILING, window.failing);
    fields.usualFailing += (failing - fields.usualFailing) * (fields.slowness > TARGET ? 0.001 : 0.02);
    // Deadlines may pass before the limit is reached.
    const isOverloaded = window.rejected > 0 || (window.isCollapse && fields.slowness > TARGET);
    fields.quiet = isOverloaded ? 0 : fields.quiet + 1;
    if (this.isCalm(fields)) return this.rest(fields, merged);
    if (fields.limited == 0) this.begin(fields, merged, isFailing, nowNs);
    else this.adapt(fields, this.wanted(fields, doubt, isFailing), isFailing, nowNs);
  }

  /** Takes the window into what is known: whole, if the upstream was freed since. @returns the standard error of that. */
  private follow(fields: ControlFields): f64 {
    const window = this.window;
    const error = window.error;
    const wander = fields.settling == JUST_SETTLED ? NEW_WANDER : WANDER;
    const isJump = this.freed || Math.abs(window.slowness - fields.slowness) > 4 * error + 0.1;
    const weight = isJump ? 1 : (wander * wander) / (wander * wander + error * error);
    fields.slowness += (window.slowness - fields.slowness) * weight;
    fields.flight += (window.flight - fields.flight) * weight;
    fields.pace += (window.pace - fields.pace) * weight;
    return error * weight;
  }

  /** How much more slowness there may be, while few are turned away up to twice the aim; towards none by half of the doubt. */
  private wanted(fields: ControlFields, doubt: f64, isFailing: bool): f64 {
    const few = isFailing ? 0 : 1 - min<f64>(1, this.window.rejected / FEW);
    const wanted = TARGET * (1 + few) - fields.slowness;
    return wanted > doubt ? wanted - 0.5 * doubt : wanted < -doubt ? wanted + 0.5 * doubt : 0.5 * wanted;
  }

  private isCalm(fields: ControlFields): bool {
    if (fields.limited == 0) return fields.quiet > 0;
    return fields.quiet > QUIET_WINDOWS && fields.limit >= idleLimit(fields);
  }

  /** Nothing is limited: the limit stays well above what is in flight, but does not go up with a queue. */
  private rest(fields: ControlFields, merged: WorkerReport): void {
    fields.limited = 0;
    const isSlow = fields.slowness > TARGET;
    const inflight = merged.fields.inflight;
    if (!isSlow || inflight < fields.usual) {
      fields.usual += (inflight - fields.usual) * (inflight > fields.usual ? 0.1 : 0.01);
    }
    const idle = idleLimit(fields);
    if (fields.limit < idle) fields.limit = isSlow ? fields.limit : idle;
    else if (fields.limit > 0.5 * IDLE_ROOM * Math.pow(2, fields.flight))
      fields.limit = max<f64>(idle, 0.99 * fields.limit);
  }

  /** The limit was reached, or requests fail for slowness. */
  private begin(fields: ControlFields, merged: WorkerReport, isFailing: bool, nowNs: u64): void {
    const most = max<f64>(ROOM_FOR_FEW, MOST_ROOM * fields.usual);
    if (this.window.keepsUp && fields.limit < most && !isFailing) {
      fields.limit *= 1.5;
      return;
    }
    fields.limited = 1;
    fields.anchorLimit = 0;
    this.questions.expectLook(fields, fields.usual > 0, nowNs);
    const wanted = this.wanted(fields, 0, isFailing);
    if (wanted >= -LARGE) return;
    // The slowness is that of a queue which was still growing: too little to ask anything.
    const used = min<f64>(fields.limit, max<f64>(1, merged.fields.inflight));
    fields.limit = used * Math.pow(2, max<f64>(-DEEPEST_AT_ONCE, wanted));
  }

  private adapt(fields: ControlFields, wanted: f64, isFailing: bool, nowNs: u64): void {
    const questions = this.questions;
    if (this.window.isCollapse && isFailing) {
      fields.limit *= 0.5;
      return;
    }
    if (wanted < -LARGE) return this.lower(fields, wanted, nowNs);
    fields.cuts = 0;
    if (questions.judgeDrift(fields, isFailing, nowNs)) return;
    if (<i64>(nowNs - fields.lookNs) >= 0) return questions.look(fields, nowNs);
    const isFull = this.window.rejected > 0;
    if (isFailing && wanted > 0) return;
    const isFast = isFull && fields.slowness < FAST;
    this.leaps = isFast && this.freed;
    // Twice as many as there are, not twice the limit, of which chance may have left a part unused.
    const fast = this.leaps ? this.leap(fields) : max<f64>(wanted, 1 + fields.flight - Math.log2(fields.limit));
    const next = fields.limit * Math.pow(2, isFast ? fast : wanted > 0.2 ? wanted : 0.5 * wanted);
    if (isFull && next > (1 + LARGE_CHANGE) * fields.limit) return questions.raise(fields, next, nowNs);
    fields.limit = isFull || next < fields.limit ? next : max<f64>(fields.limit, min<f64>(next, idleLimit(fields)));
  }

  /** Slowness is far beyond the aim: asks whether fewer make requests faster. */
  private lower(fields: ControlFields, wanted: f64, nowNs: u64): void {
    const used = min<f64>(fields.limit, 1.25 * Math.pow(2, fields.flight));
    if (this.asked != Question.Raise) {
      return this.questions.cut(fields, used * Math.pow(2, max<f64>(-DEEPEST, wanted)), nowNs);
    }
    // It was the limit that has just gone up; and the queue is still growing: it is too soon to ask.
    fields.limit = max<f64>(min<f64>(fields.limit, fields.beforeLimit), used * Math.pow(2, wanted));
  }

  /** As much as lets in all that is turned away, and what is usual, as a logarithm: twice at least. */
  private leap(fields: ControlFields): f64 {
    const missing = -Math.log2(1 - min<f64>(0.9, this.window.rejected));
    const usual = Math.log2(max<f64>(1, ROOM_AGAIN * fields.usual) / fields.limit);
    return min<f64>(HIGHEST_LEAP, max<f64>(1, max<f64>(missing, usual)));
  }
}

/** Time has gone back, by another clock than ours: so do all times that are kept. */
function setBack(fields: ControlFields, nowNs: u64): void {
  const byNs = fields.windowNs - nowNs;
  fields.settleNs -= byNs;
  fields.failingNs -= byNs;
  fields.askedNs -= byNs;
  fields.lookNs -= byNs;
  beginWindow(fields, nowNs);
}

function idleLimit(fields: ControlFields): f64 {
  return max<f64>(IDLE_LIMIT, IDLE_ROOM * fields.usual);
}
