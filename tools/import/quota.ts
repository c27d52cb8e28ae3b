/** A token bucket as Envoy has it; `intervalNs` is the time between two fills. */
export interface TokenBucket {
  maxTokens: number;
  tokensPerFill: number;
  intervalNs: bigint;
}

export interface Quota {
  requests: number;
  per: Period;
  burst?: number;
  replicas?: number;
}

/** What a bucket is in a rule: a quota, and what a request costs of it where only that makes the rate exact. */
export interface Metered {
  quota: Quota;
  cost?: { constant: number };
}

type Period = "second" | "minute" | "hour" | "day";

const SECOND = 1_000_000_000n;
/** Length of each period, and the most requests that the plugin takes for it. */
const PERIODS: { per: Period; lengthNs: bigint; most: bigint }[] = [
  { per: "second", lengthNs: SECOND, most: 1_000_000n },
  { per: "minute", lengthNs: 60n * SECOND, most: 60_000_000n },
  { per: "hour", lengthNs: 3_600n * SECOND, most: 1_000_000_000n },
  { per: "day", lengthNs: 86_400n * SECOND, most: 1_000_000_000n },
];
const MAX_BURST = 1_000_000_000n;
const MAX_COST = 1_000_000n;
/** A burst must be earned within this time. */
const MAX_EARNING_NS = 180n * 86_400n * SECOND;

/** A quota that no client reaches: for rules that limit only some of the keys that they count. */
export const UNLIMITED: Quota = { requests: 1_000_000, per: "second" };

/**
 * The quota of a token bucket: `max_tokens` is the burst, the fill the rate, exactly. A rate that is no whole number in
 * any period gets a cost instead: 100 each 7 s are 100 a second when a request costs 7.
 * @returns words that say why there is none, without a subject before them.
 */
export function meter({ maxTokens, tokensPerFill, intervalNs }: TokenBucket): Metered | string {
  if (![maxTokens, tokensPerFill].every((tokens) => Number.isSafeInteger(tokens) && tokens > 0))
    return "has no whole positive number of tokens";
  if (intervalNs <= 0n) return "has no positive fill interval";
  const burst = BigInt(maxTokens);
  const fill = burst < BigInt(tokensPerFill) ? burst : BigInt(tokensPerFill); // a full bucket takes no more
  if (burst * intervalNs > MAX_EARNING_NS * fill) return "needs more than 180 days to fill";
  for (const isWhole of [true, false]) {
    const same = PERIODS.filter(({ lengthNs }) => lengthNs === intervalNs);
    for (const { per, lengthNs, most } of [...same, ...PERIODS]) {
      const divisor = gcd(fill * lengthNs, intervalNs);
      const cost = intervalNs / divisor;
      const requests = (fill * lengthNs) / divisor;
      if (requests > most || burst * cost > MAX_BURST || (isWhole ? cost !== 1n : cost > MAX_COST)) continue;
      return metered(Number(requests), per, Number(burst * cost), Number(cost));
    }
  }
  return "has a rate beyond what the plugin counts";
}

function metered(requests: number, per: Period, burst: number, cost: number): Metered {
  const quota = { requests, per, ...(burst === requests ? {} : { burst }) };
  return cost === 1 ? { quota } : { quota, cost: { constant: cost } };
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
