/** What is counted of requests: since a worker began, as of when it was last seen, or over a window. */
@unmanaged
export class Counts {
  /** Requests that wanted to enter, and those that were not let in. */
  offered: f64;
  rejected: f64;
  /** Requests whose answer came; those whose status was read, and of these the failed ones. */
  finished: f64;
  known: f64;
  failed: f64;
  /** Requests that ended without an answer. */
  abandoned: f64;
  /** Timed requests, and of their log2(latency / what is usual in the class) the sum and the sum of squares. */
  samples: f64;
  sumLog: f64;
  sumSquares: f64;
  /** Seconds that requests were in flight, of all of them together. */
  area: f64;
}

export function clearCounts(counts: Counts): void {
  memory.fill(changetype<usize>(counts), 0, offsetof<Counts>());
}

export function copyCounts(to: Counts, from: Counts): void {
  memory.copy(changetype<usize>(to), changetype<usize>(from), offsetof<Counts>());
}

/** Adds to `sums` what counts have grown by from `before` to `now`. */
export function addGrowth(sums: Counts, before: Counts, now: Counts): void {
  sums.offered += growth(now.offered, before.offered);
  sums.rejected += growth(now.rejected, before.rejected);
  sums.finished += growth(now.finished, before.finished);
  sums.known += growth(now.known, before.known);
  sums.failed += growth(now.failed, before.failed);
  sums.abandoned += growth(now.abandoned, before.abandoned);
  sums.area += growth(now.area, before.area);
  const samples = growth(now.samples, before.samples);
  if (samples == 0) return;
  sums.samples += samples;
  sums.sumLog += now.sumLog - before.sumLog;
  sums.sumSquares += growth(now.sumSquares, before.sumSquares);
}

/** Takes `part` of what they count away from `sums`. */
export function takeAway(sums: Counts, part: Counts): void {
  sums.offered -= part.offered;
  sums.rejected -= part.rejected;
  sums.finished -= part.finished;
  sums.known -= part.known;
  sums.failed -= part.failed;
  sums.abandoned -= part.abandoned;
  sums.samples -= part.samples;
  sums.sumLog -= part.sumLog;
  sums.sumSquares -= part.sumSquares;
  sums.area -= part.area;
}

/** Never less than 0, and 0 of what is no number. */
// @ts-ignore: decorator
@inline
function growth(now: f64, before: f64): f64 {
  return now > before ? now - before : 0;
}
