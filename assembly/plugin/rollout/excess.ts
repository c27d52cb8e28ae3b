// Is one share larger than another, or does it only look so by chance?
//
// The two-proportion z-test with a pooled share (NIST/SEMATECH e-Handbook of Statistical Methods, section 7.3.3): of n
// requests x have failed, and y of m before. Were both shares the same, the best guess at it would be
// p = (x + y) / (n + m), and the difference of the two would vary by s = sqrt(p (1 - p) (1 / n + 1 / m)). It is no chance
// when it is several s. Small counts are not normally distributed; for them Bernstein's inequality adds a third of
// z^2 / 2 requests on both sides (Boucheron, Lugosi and Massart, "Concentration Inequalities" (2013), section 2.8):
//
//   x / n - y / m > z s + z^2 / 6 (1 / n + 1 / m)
//
// z is 5 since a proxy looks every second, at two shares, for half an hour, and there are many proxies: one look is wrong
// once in 3.5 million. A share that is far larger is found all the same as soon as there are enough requests to look at:
// 50, of which nearly all fail, beside 50 of which nearly none did.

// @ts-ignore: decorator
@inline
const DEVIATIONS: f64 = 5;
// @ts-ignore: decorator
@inline
const REQUESTS_MORE: f64 = (DEVIATIONS * DEVIATIONS) / 6;

/**
 * Whether a share of `count` of `requests` is larger than one of `countBefore` of `requestsBefore`, by more than chance
 * explains and by more than `margin` (0 to 1). Of no requests nothing is known. Allocates: nothing.
 */
export function isClearlyMore(count: f64, requests: f64, countBefore: f64, requestsBefore: f64, margin: f64): bool {
  if (!(requests > 0 && requestsBefore > 0)) return false;
  const difference = count / requests - countBefore / requestsBefore;
  if (!(difference > margin)) return false;
  const pooled = (count + countBefore) / (requests + requestsBefore);
  const parts = 1 / requests + 1 / requestsBefore;
  return difference > DEVIATIONS * Math.sqrt(pooled * (1 - pooled) * parts) + REQUESTS_MORE * parts;
}
