// Is a share larger than it may be, or does it only look so by chance?
//
// Of n requests `count` have failed (or were slow), where a share of p is allowed, p itself being known from m requests
// of the baseline. Counts vary by chance: were the true share p, the count would be within three standard deviations of
// n p nearly always, and the difference of two shares has the variance of both. For small counts, which are not normally
// distributed, Bernstein's inequality adds a third of ln(1 / chance) = 3^2 / 2:
//
//   count > n p + 3 sqrt(n p (1 - p) (1 + n / m)) + 1.5
//
// A share that is just allowed is so taken for too large in 0.15 % of all cases at most, for any n from 50 to 5000. A
// window is looked at every second, for months: without this, two arms that fail alike would be told apart many times
// a day. It costs time only where the difference is small. Source: Boucheron, Lugosi and Massart, "Concentration
// Inequalities" (2013), section 2.8.

// @ts-ignore: decorator
@inline
const DEVIATIONS: f64 = 3;
// @ts-ignore: decorator
@inline
const LEAST: f64 = 1.5;

/**
 * Whether `count` of `requests` is more than a share of `allowed` (0 to 1) and chance explain.
 * @param known requests by which `allowed` is known; Infinity for one that is configured. Allocates: nothing.
 */
export function exceeds(count: f64, requests: f64, allowed: f64, known: f64): bool {
  if (!(allowed < 1 && requests > 0)) return false;
  const variance = requests * allowed * (1 - allowed) * (1 + requests / known);
  return count > requests * allowed + DEVIATIONS * Math.sqrt(variance) + LEAST;
}
