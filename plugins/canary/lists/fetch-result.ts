import { BuildState } from "./list-builder";

/** What came of a fetch. */
export enum FetchResult {
  New,
  /** The server has what we have (304). */
  Unchanged,
  /** No such cluster, or no answer. Envoy answers itself with a status when an upstream is down or too late. */
  Unreachable,
  BadStatus,
  /** HTML, JSON or compressed: not what a list is. */
  BadType,
  /** Not a byte: an accident rather than a list of nobody, which has a comment. */
  Blank,
  TooLarge,
  BadLine,
  TooManyIds,
  /** Shared data did not take or keep the text. */
  HostError,
}

/** Names of the results in metrics, by their number. */
export const FETCH_RESULTS: string[] = [
  "new",
  "unchanged",
  "unreachable",
  "bad_status",
  "bad_type",
  "blank",
  "too_large",
  "bad_line",
  "too_many_ids",
  "host_error",
];

/** The result of a fetch whose text could not be made a set. */
export function resultOf(state: BuildState): FetchResult {
  if (state == BuildState.Done) return FetchResult.New;
  if (state == BuildState.BadLine) return FetchResult.BadLine;
  return state == BuildState.TooManyIds ? FetchResult.TooManyIds : FetchResult.HostError;
}
