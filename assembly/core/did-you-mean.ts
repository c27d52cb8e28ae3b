/** Finds the word that a misspelt one was probably meant to be. */
import { lowerCase } from "./lower-case";

/** Longer words are not compared: no key that we know is as long. */
const MAX_COMPARED: i32 = 48;

/**
 * The nearest of `known` to `word`, or "" when none is near: at most one edit for words of up to four letters, two for
 * longer ones, and three from twelve letters on. An edit adds, drops or changes a letter or swaps two neighbours.
 */
export function didYouMean(word: string, known: string[]): string {
  if (word.length > MAX_COMPARED) return "";
  const allowed = word.length <= 4 ? 1 : word.length < 12 ? 2 : 3;
  let nearest = "";
  let least = allowed + 1;
  for (let i = 0; i < known.length; i++) {
    const candidate = known[i];
    if (abs(candidate.length - word.length) >= least) continue;
    const edits = editDistance(lowerCase(word), candidate);
    if (edits < least) {
      least = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/**
 * Optimal string alignment distance: the fewest insertions, deletions, substitutions and swaps of neighbours that turn
 * `a` into `b`, no letter being edited twice. Time and memory grow with the product of the lengths.
 */
export function editDistance(a: string, b: string): i32 {
  const width = b.length + 1;
  const table = new StaticArray<i32>((a.length + 1) * width);
  for (let j = 0; j < width; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    table[i * width] = i;
    for (let j = 1; j < width; j++) {
      const same = a.charCodeAt(i - 1) == b.charCodeAt(j - 1);
      let least = table[(i - 1) * width + j - 1] + (same ? 0 : 1);
      least = min(least, table[(i - 1) * width + j] + 1);
      least = min(least, table[i * width + j - 1] + 1);
      const swapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) == b.charCodeAt(j - 2) && a.charCodeAt(i - 2) == b.charCodeAt(j - 1);
      if (swapped) least = min(least, table[(i - 2) * width + j - 2] + 1);
      table[i * width + j] = least;
    }
  }
  return table[a.length * width + b.length];
}
