import { ControlFields, earlierOf } from "../pool/control";
import { clearCounts } from "../pool/counts";
import { excessRatio } from "./classes";

/** Fewest samples from which anything is said. */
// @ts-ignore: decorator
@inline
export const LEAST_SAMPLES: f64 = 5;
/** A standard error below which none is believed: of clocks, and of samples that are not independent. */
// @ts-ignore: decorator
@inline
const LEAST_ERROR: f64 = 0.02;

/** A share of failures with which nothing is served: deadlines pass before answers come. */
// @ts-ignore: decorator
@inline
const COLLAPSE: f64 = 0.5;
/** Answers for each request that came, give or take chance, of an upstream that keeps up: those of a burst come later. */
// @ts-ignore: decorator
@inline
const KEEPING_UP: f64 = 0.75;
/** What is left to chance, of the square root of how many came; half of that when more than a few are turned away. */
// @ts-ignore: decorator
@inline
const CHANCE: f64 = 1;
/** A share of requests up to which few are turned away. */
// @ts-ignore: decorator
@inline
export const FEW: f64 = 0.1;
/** With more turned away than that, nothing says that it would keep up. */
// @ts-ignore: decorator
@inline
const MOST_REJECTED: f64 = 0.3;

/** What the sums of one window come to. Logarithms are to base 2. */
@final
export class Window {
  /** How many times as long as usual requests took, as a logarithm, and the standard error of that. */
  slowness: f64 = 0;
  error: f64 = 0;
  /** Mean number of requests in flight, as a logarithm. */
  flight: f64 = 0;
  /** Answers a second, as a logarithm. */
  pace: f64 = 0;
  /** The share of requests that were turned away, and of those let in that ended badly or without an answer. */
  rejected: f64 = 0;
  failing: f64 = 0;
  /** Whether about as many requests were answered as came, and not too many turned away. */
  keepsUp: bool = false;

  /** Whether most that is let in fails. */
  get isCollapse(): bool {
    return this.failing > COLLAPSE;
  }

  /** Takes the window from `fields`; false when there are too few samples. Allocates: nothing. */
  take(fields: ControlFields, seconds: f64): bool {
    this.rejected = share(fields.rejected, fields.offered);
    this.failing = max<f64>(
      share(fields.failed, fields.known),
      share(fields.abandoned, fields.abandoned + fields.finished),
    );
    const chance = this.rejected > FEW ? 0.5 * CHANCE : CHANCE;
    const atLeast = KEEPING_UP * fields.offered - chance * Math.sqrt(fields.offered);
    this.keepsUp = fields.finished >= atLeast && this.rejected <= MOST_REJECTED;
    this.flight = Math.log2(max<f64>(0.5, fields.area / seconds));
    this.pace = Math.log2(max<f64>(0.5, fields.finished) / seconds);
    const count = fields.samples;
    if (count < LEAST_SAMPLES) return false;
    const excess = fields.sumLog / count;
    const variance = max<f64>(0, fields.sumSquares / count - excess * excess);
    // What is no number must not get any further, whoever wrote it.
    if (!(Math.abs(excess) < 64) || !(variance < 4096) || !(Math.abs(this.flight) < 64)) return false;
    const ratio = excessRatio(excess);
    this.slowness = Math.log2(ratio);
    this.error = (Math.sqrt(variance / count) * (1 + ratio)) / ratio + LEAST_ERROR;
    return true;
  }
}

/** Between 0 and 1. */
function share(part: f64, whole: f64): f64 {
  return part > 0 && whole > 0 ? min<f64>(1, part / whole) : 0;
}

/** Begins a new window. */
export function beginWindow(fields: ControlFields, nowNs: u64): void {
  fields.windowNs = nowNs;
  fields.earlierNs = nowNs;
  clearCounts(fields);
  clearCounts(earlierOf(fields));
}
