import { ControlFields } from "../pool/control";
import { Question, Questions, TARGET } from "./questions";
import { SETTLED } from "./settling";
import { FEW, Window } from "./window";

// Whether a window tells enough. It is as long as it takes to know something: so long and so many samples, until the error
// is small. Fewer do while the limit is surely far too high or too low.

/** A window is not shorter, and not longer. */
// @ts-ignore: decorator
@inline
export const LEAST_WINDOW_NS: i64 = 90_000_000;
// @ts-ignore: decorator
@inline
export const MOST_WINDOW_NS: i64 = 10_000_000_000;
// @ts-ignore: decorator
@inline
const LEAST_SAMPLES: f64 = 30;
// @ts-ignore: decorator
@inline
const URGENT_SAMPLES: f64 = 10;
// @ts-ignore: decorator
@inline
const MOST_SAMPLES: f64 = 150;
// @ts-ignore: decorator
@inline
const SMALL_ERROR: f64 = 0.2;
// @ts-ignore: decorator
@inline
const PATIENCE_NS: i64 = 333_000_000;
/** For what a lower limit brings, half of that error, and three times that patience. */
// @ts-ignore: decorator
@inline
const ANSWER_ERROR: f64 = 0.1;
// @ts-ignore: decorator
@inline
const ANSWER_PATIENCE_NS: i64 = 1_000_000_000;
/** So little slowness says nothing of how far the knee is. */
// @ts-ignore: decorator
@inline
export const FAST: f64 = 0.15;
/** So much slowness beyond the aim, and for what is urgent so many standard errors more, is that of too high a limit. */
// @ts-ignore: decorator
@inline
export const LARGE: f64 = 0.4;
// @ts-ignore: decorator
@inline
const TOO_HIGH_ERRORS: f64 = 2;
/** Slowness that sinks by so many standard errors, and so much more, is gone, if more is answered meanwhile. */
// @ts-ignore: decorator
@inline
const FREED_ERRORS: f64 = 1.5;
// @ts-ignore: decorator
@inline
const FREED: f64 = 0.05;
/** How much more, as a logarithm, beside chance: so much of 1 / sqrt(answers). */
// @ts-ignore: decorator
@inline
const MORE_ANSWERS: f64 = 0.1;
// @ts-ignore: decorator
@inline
const CHANCE_OF_ANSWERS: f64 = 0.5;

/** Judges what `window` has taken from the fields. Allocates: nothing. */
@final
export class Evidence {
  constructor(
    private readonly window: Window,
    private readonly questions: Questions,
  ) {}

  /** @param isKnown whether the window has anything to say. */
  isEnough(fields: ControlFields, isKnown: bool, lengthNs: i64): bool {
    if (lengthNs >= MOST_WINDOW_NS) return true;
    if (!isKnown) return false;
    if (fields.samples >= URGENT_SAMPLES && this.isUrgent(fields)) return true;
    if (fields.samples < LEAST_SAMPLES) return false;
    const isLower = fields.question == Question.Cut || fields.question == Question.Look;
    if (this.window.error <= (isLower ? ANSWER_ERROR : SMALL_ERROR)) return true;
    return fields.samples >= MOST_SAMPLES || lengthNs >= (isLower ? ANSWER_PATIENCE_NS : PATIENCE_NS);
  }

  /** Whether the limit is surely far from where it should be. */
  private isUrgent(fields: ControlFields): bool {
    const window = this.window;
    if (fields.limited == 0 && window.rejected > FEW) return true;
    if (fields.question == Question.Raise) return window.slowness - TOO_HIGH_ERRORS * window.error > TARGET + LARGE;
    return this.isFreed(fields, <Question>fields.question) || this.questions.isVain(fields);
  }

  /**
   * Whether the upstream carries more than it did: what is let in is no longer slow, and not only because fewer are in
   * flight by chance, since more is answered; and much is turned away.
   */
  isFreed(fields: ControlFields, asked: Question): bool {
    const window = this.window;
    if (fields.limited == 0 || window.rejected < FEW) return false;
    // What a change of the limit does to slowness says nothing of the upstream.
    if (fields.settling != SETTLED || asked != Question.None) return false;
    const chance = CHANCE_OF_ANSWERS / Math.sqrt(fields.finished);
    if (window.pace - fields.pace < MORE_ANSWERS + chance) return false;
    return window.slowness < FAST && fields.slowness - window.slowness > FREED_ERRORS * window.error + FREED;
  }
}
