// What the plugin decides, without a host: as-pect runs it as it is.

/** What becomes of a header that the answer has already; in the order of the words in config.ts. */
export enum Existing {
  Replace,
  Keep,
  Add,
}

/** What is done with one answer. */
export enum Action {
  Nothing,
  Replace,
  Add,
}

/** Whether `decide` goes by what the answer has: only then is it worth a host call. */
export function dependsOnAnswer(existing: Existing): bool {
  return existing == Existing.Keep;
}

/** @param isThere whether the answer has the header. Allocates: nothing. */
export function decide(existing: Existing, isThere: bool): Action {
  if (existing == Existing.Replace) return Action.Replace;
  return existing == Existing.Keep && isThere ? Action.Nothing : Action.Add;
}
