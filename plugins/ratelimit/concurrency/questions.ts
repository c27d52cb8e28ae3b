import { ControlFields } from "../pool/control";
import { Window } from "./window";

// What a change of the limit tells. With a queue, latency is proportional to the requests in flight: half of them take
// half as long. Without one, latency is the same. So two points tell where the queue begins, whatever the upstream is:
//
//   log2 latency |            /        the limit's aim is TARGET above the knee
//                |           /
//                |__________/ knee
//                +-----------------    log2 of requests in flight

/** What the next measurement is to tell. */
export const enum Question {
  None,
  /** Whether fewer requests in flight are faster; if not, there was no queue, and what is usual has changed. */
  Cut,
  /** What is usual: fewer are in flight than make a queue. */
  Look,
  /** What so much higher a limit brings. */
  Raise,
}

/** Requests may take 1.35 times as long as usual: so much queue keeps an upstream busy. */
// @ts-ignore: decorator
@inline
export const TARGET: f64 = 0.43;
/** How far below the knee a look goes; and while little is known, since then the knee may be lower. */
// @ts-ignore: decorator
@inline
const LOOK_DEPTH: f64 = 0.3;
// @ts-ignore: decorator
@inline
const DEEP_LOOK_DEPTH: f64 = 0.6;
/** How much further if there is a queue even so: to 0.6 of it. */
// @ts-ignore: decorator
@inline
const LOOK_STEP: f64 = 0.6;
// @ts-ignore: decorator
@inline
const FIRST_LOOK_NS: f64 = 1e9;
// @ts-ignore: decorator
@inline
const SECOND_LOOK_NS: f64 = 2e9;
// @ts-ignore: decorator
@inline
const MOST_SOON_NS: f64 = 5e9;
// @ts-ignore: decorator
@inline
const USUAL_LOOK_NS: f64 = 10e9;
/** A look costs goodput: looks take a twentieth of the time at most, a fifth while little is known. */
// @ts-ignore: decorator
@inline
const LOOK_PAUSE: f64 = 20;
// @ts-ignore: decorator
@inline
const SOON_PAUSE: f64 = 5;
/** What came of what was given up: so much of the proportion, or more, means a queue; so little, none. */
// @ts-ignore: decorator
@inline
const QUEUE: f64 = 0.8;
// @ts-ignore: decorator
@inline
const NO_QUEUE: f64 = 0.35;
/** So much more than the proportion is no queue's: the upstream itself has become faster meanwhile. */
// @ts-ignore: decorator
@inline
const FASTER: f64 = 0.5;
/** Standard errors that leave no doubt. */
// @ts-ignore: decorator
@inline
const SURE: f64 = 4;
/** So much fewer in flight tell something. */
// @ts-ignore: decorator
@inline
const LEAST_DEPTH: f64 = 0.3;
/** As far as the limit may go in small steps before it is asked what that brought. */
// @ts-ignore: decorator
@inline
const DRIFT: f64 = 0.4;
/** While requests fail, what is slow may be work that nobody waits for any more: it must last so long to be believed. */
// @ts-ignore: decorator
@inline
const DOUBT_NS: i64 = 3_000_000_000;

/** Asks questions by moving the limit, and takes the answers. The state is in `fields`. Allocates: nothing. */
@final
export class Questions {
  constructor(
    private readonly window: Window,
    private readonly minLimit: f64,
  ) {}

  /** When to look first after nothing was limited. @param known whether what is usual was learnt while nothing was. */
  expectLook(fields: ControlFields, known: bool, nowNs: u64): void {
    this.lookAfter(fields, known ? USUAL_LOOK_NS : FIRST_LOOK_NS, nowNs);
  }

  /** Asks whether so low a `limit` makes requests faster. */
  cut(fields: ControlFields, limit: f64, nowNs: u64): void {
    this.ask(fields, Question.Cut, nowNs);
    if (fields.cuts++ == 0) {
      fields.topLimit = fields.limit;
      fields.topSlowness = fields.slowness;
    }
    fields.limit = max<f64>(this.minLimit, limit);
  }

  raise(fields: ControlFields, limit: f64, nowNs: u64): void {
    this.ask(fields, Question.Raise, nowNs);
    fields.limit = limit;
  }

  look(fields: ControlFields, nowNs: u64): void {
    this.ask(fields, Question.Look, nowNs);
    const above = min<f64>(TARGET, max<f64>(0, fields.slowness));
    const depth = above + (fields.lookEvery < USUAL_LOOK_NS ? DEEP_LOOK_DEPTH : LOOK_DEPTH);
    fields.limit = max<f64>(this.minLimit, fields.limit * Math.pow(2, -depth));
  }

  private ask(fields: ControlFields, question: Question, nowNs: u64): void {
    fields.question = question;
    fields.askedNs = nowNs;
    fields.anchorLimit = 0;
    fields.beforeLimit = fields.limit;
    fields.beforeFlight = fields.flight;
    fields.beforeSlowness = fields.slowness;
  }

  /** Whether so low a limit is surely in vain: a cut has made nothing faster, or the upstream is while it is looked at. */
  isVain(fields: ControlFields): bool {
    const error = this.window.error;
    const depth = fields.beforeFlight - this.window.flight;
    const gained = fields.beforeSlowness - this.window.slowness;
    const question = <Question>fields.question;
    if (question == Question.Look) return gained > depth + FASTER + error;
    return question == Question.Cut && depth >= LEAST_DEPTH && gained < QUEUE * depth - SURE * error;
  }

  /** @returns whether the limit is settled with it; else it goes on from what was measured. */
  judgeCut(fields: ControlFields, isFailing: bool, nowNs: u64): bool {
    const window = this.window;
    const depth = fields.beforeFlight - window.flight;
    const gained = fields.beforeSlowness - window.slowness;
    if (depth < LEAST_DEPTH || gained > QUEUE * depth - window.error || window.slowness < TARGET) return false;
    if (isFailing && (window.isCollapse || <i64>(nowNs - fields.failingNs) < DOUBT_NS)) {
      // What was given up does its work still, for nobody: that goes only if fewer come.
      fields.question = Question.Cut;
      fields.limit = max<f64>(this.minLimit, 0.5 * fields.limit);
      return true;
    }
    fields.adoptions++;
    fields.adopted = window.slowness;
    const top = fields.topLimit * Math.pow(2, min<f64>(0, TARGET - fields.topSlowness + window.slowness));
    fields.limit = max<f64>(top, fields.beforeLimit * Math.pow(2, min<f64>(0, TARGET - gained)));
    this.renew(fields, QUEUE * depth - gained > SURE * window.error, nowNs);
    return true;
  }

  judgeLook(fields: ControlFields, isFailing: bool, nowNs: u64): void {
    const window = this.window;
    const slowness = window.slowness;
    const depth = fields.beforeFlight - window.flight;
    const gained = fields.beforeSlowness - slowness;
    if (gained > depth + FASTER) {
      fields.shift += slowness;
      fields.limit = fields.beforeLimit;
      return this.renew(fields, false, nowNs);
    }
    if (depth > 0.2 && gained > QUEUE * depth && slowness < -1.5 * window.error && fields.limit > this.minLimit) {
      fields.question = Question.Look;
      fields.beforeFlight = window.flight;
      fields.beforeSlowness = slowness;
      fields.limit = max<f64>(this.minLimit, fields.limit * LOOK_STEP);
      return;
    }
    const slower = gained < NO_QUEUE * depth && slowness > 2 * window.error;
    const sure = slower || slowness < -3 * window.error;
    const shift = slower && isFailing ? 0 : sure ? slowness : 0.5 * slowness;
    fields.shift += shift;
    fields.slowness -= shift;
    fields.limit = fields.beforeLimit * Math.pow(2, min<f64>(0, TARGET - fields.slowness));
    fields.anchorLimit = 0;
    const lasted = <f64>(nowNs - fields.askedNs);
    const most = max<f64>(USUAL_LOOK_NS, LOOK_PAUSE * lasted);
    const next = Math.abs(shift) < 0.2 ? min<f64>(most, 2 * fields.lookEvery) : SOON_PAUSE * lasted;
    this.lookAfter(fields, max<f64>(SECOND_LOOK_NS, next), nowNs);
  }

  /**
   * Whether the limit has gone some way in small steps and slowness has not gone with it. If so, what is measured is
   * usual, and a limit that has sunk is back where it was.
   */
  judgeDrift(fields: ControlFields, isFailing: bool, nowNs: u64): bool {
    const depth = fields.anchorFlight - fields.flight;
    const gained = fields.anchorSlowness - fields.slowness;
    if (fields.anchorLimit == 0 || depth > DRIFT || depth < -DRIFT) {
      const isFutile = depth > 0 ? gained < NO_QUEUE * depth : gained > NO_QUEUE * depth;
      if (fields.anchorLimit > 0 && isFutile && fields.slowness > 0.6 * TARGET && !isFailing) {
        fields.shift += fields.slowness;
        fields.limit = max<f64>(fields.limit, fields.anchorLimit);
        this.renew(fields, false, nowNs);
        return true;
      }
      fields.anchorLimit = fields.limit;
      fields.anchorFlight = fields.flight;
      fields.anchorSlowness = fields.slowness;
    }
    return false;
  }

  /** What is usual is another than before. */
  private renew(fields: ControlFields, isSure: bool, nowNs: u64): void {
    fields.slowness = 0;
    fields.anchorLimit = 0;
    fields.cuts = 0;
    const lasted = <f64>(nowNs - fields.askedNs);
    const soon = min<f64>(MOST_SOON_NS, max<f64>(SECOND_LOOK_NS, SOON_PAUSE * lasted));
    this.lookAfter(fields, isSure ? USUAL_LOOK_NS : soon, nowNs);
  }

  private lookAfter(fields: ControlFields, ns: f64, nowNs: u64): void {
    fields.lookEvery = ns;
    fields.lookNs = nowNs + <u64>ns;
  }
}
