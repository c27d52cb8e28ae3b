/** What became of a request, as far as a rollout is judged by it. */
export enum Outcome {
  Fine,
  /** A status of 500 to 599, or a gRPC status that Envoy counts as such. */
  Error,
  /** 429, or gRPC's RESOURCE_EXHAUSTED. */
  Rejection,
}

/** Requests, and how many of them came to what. Lies in the memory of its owner. */
@unmanaged
export class Tally {
  requests: f64;
  errors: f64;
  rejections: f64;
}

/** Bytes of a Tally. */
export const TALLY_BYTES: usize = offsetof<Tally>();

/** Counts one request. Allocates: nothing. */
// @ts-ignore: decorator
@inline
export function noteIn(tally: Tally, outcome: Outcome): void {
  tally.requests += 1;
  if (outcome == Outcome.Error) tally.errors += 1;
  else if (outcome == Outcome.Rejection) tally.rejections += 1;
}

/** Adds what another has counted. */
export function addTo(tally: Tally, other: Tally): void {
  tally.requests += other.requests;
  tally.errors += other.errors;
  tally.rejections += other.rejections;
}

/** Forgets what was counted. */
export function clearTally(tally: Tally): void {
  memory.fill(changetype<usize>(tally), 0, TALLY_BYTES);
}
