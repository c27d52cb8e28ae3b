import type { Outcome } from "../../tools/bench/overload/open-load.js";

/** What a quota promises of the requests that it admits. Rates are per millisecond. */
export interface Promised {
  perMs: number;
  burst: number;
  /** What a window may have beyond `burst + perMs * d`. */
  slack: number;
}

/**
 * The greatest number of requests by which a window of time has more admissions than promised; at most 0 if the promise
 * holds. Only requests that were sent and answered within the window count as of it, and its length is all of the time
 * between: whatever the delays on the way, a limiter that keeps the promise is never found to break it.
 */
export function excess(admitted: readonly Outcome[], { perMs, burst, slack }: Promised): number {
  const byAnswer = [...admitted].sort((a, b) => a.answered - b.answered);
  let worst = -Infinity;
  for (const { sent: begin } of admitted) {
    let count = 0;
    for (const { sent, answered } of byAnswer) {
      if (sent < begin) continue;
      count++;
      worst = Math.max(worst, count - Math.floor(burst + perMs * (answered - begin)) - slack);
    }
  }
  return worst;
}

/** The same for the key's whole life, from its first request on: no slack at any time. */
export function excessOfLife(all: readonly Outcome[], { perMs, burst }: Promised): number {
  const birth = Math.min(...all.map(({ sent }) => sent));
  const admitted = all.filter(({ status }) => status === 200).sort((a, b) => a.answered - b.answered);
  const over = admitted.map(({ answered }, before) => before + 1 - Math.floor(burst + perMs * (answered - birth)));
  return Math.max(-Infinity, ...over);
}
