import leven from "leven";

/** The candidate that a misspelt word most likely stands for, or undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    const distance = distanceOf(plain(word), plain(candidate), limit + 1);
    if (distance > limit || distance >= bestDistance || distance >= word.length) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Letters that were typed in another order are one mistake. */
function distanceOf(word: string, candidate: string, maxDistance: number): number {
  const isTransposed = sorted(word) === sorted(candidate) && leven(word, candidate, { maxDistance: 3 }) === 2;
  return isTransposed ? 1 : leven(word, candidate, { maxDistance });
}

function sorted(word: string): string {
  return [...word].sort().join("");
}

/** Upper case, `_` and `-` do not make another word: maxKeys is max_keys. */
function plain(word: string): string {
  return word.slice(0, 200).toLowerCase().replace(/[_-]/g, "");
}

const MAX_LISTED = 12;

/** What to say of a word that is none of the candidates: the nearest, or all of them when they are few. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const near = nearest(word, candidates);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (candidates.length === 0 || candidates.length > MAX_LISTED) return undefined;
  return `Allowed here: ${candidates.join(", ")}`;
}
