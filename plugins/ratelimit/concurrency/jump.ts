import { ControlFields, earlierOf } from "../pool/control";
import { copyCounts, Counts, takeAway } from "../pool/counts";
import { LEAST_SAMPLES } from "./window";

/** A mean that differs by so many standard errors, and so much more, is another one. */
// @ts-ignore: decorator
@inline
const ERRORS: f64 = 3;
// @ts-ignore: decorator
@inline
const LEAST_JUMP: f64 = 0.1;

/**
 * Lets the window begin where latency has jumped: what it was before says nothing of what is now, and would hide it for
 * as long as the window takes. Call every round. Two means are compared as by Student's t-test. Allocates: nothing.
 */
export function followJump(fields: ControlFields, nowNs: u64): void {
  const earlier = earlierOf(fields);
  if (fields.samples - earlier.samples < LEAST_SAMPLES) return;
  if (isJump(earlier, fields)) {
    takeAway(fields, earlier);
    fields.windowNs = fields.earlierNs;
  }
  copyCounts(earlier, fields);
  fields.earlierNs = nowNs;
}

/** Whether `all` without `earlier` has another mean. */
function isJump(earlier: Counts, all: Counts): bool {
  const before = earlier.samples;
  if (before < LEAST_SAMPLES) return false;
  const since = all.samples - before;
  const meanBefore = earlier.sumLog / before;
  const mean = (all.sumLog - earlier.sumLog) / since;
  const within = all.sumSquares - before * meanBefore * meanBefore - since * mean * mean;
  const variance = max<f64>(0, within / (all.samples - 2));
  const error = Math.sqrt(variance * (1 / before + 1 / since));
  return Math.abs(mean - meanBefore) > ERRORS * error + LEAST_JUMP;
}
