import { RequestFacts } from "../../../assembly/request/facts";
import { HashSecret, NO_KEY } from "../../../assembly/request/key";
import { PriorityConfig } from "./config";

/**
 * The order in which requests are served under pressure, as one number: the lower, the earlier.
 *
 *   rank   class:3 | place:16        level = rank >> 11: class:3 | cohort:5
 *
 * The place within the class is a user's for one rotation: a hash that nobody outside can compute, and in each rotation a
 * step of the golden ratio further. So a user goes through all places evenly, and is among the first p of them again after
 * about 1 / p rotations, at most 2.6 times that. Each user's rotations begin at another instant, so that never all change.
 */
export const PLACE_BITS: i32 = 16;
/** A level is what demand is counted by: 32 cohorts a class. */
export const COHORT_BITS: i32 = 5;
export const COHORTS: i32 = 1 << COHORT_BITS;
// @ts-ignore: decorator
@inline
const LEVEL_SHIFT: i32 = PLACE_BITS - COHORT_BITS;
// @ts-ignore: decorator
@inline
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;
/** 2^16 times the golden ratio's fraction: the step whose multiples stay farthest from each other. */
// @ts-ignore: decorator
@inline
const GOLDEN: u64 = 40503;

/** The level, class * 32 + cohort, of a rank. */
// @ts-ignore: decorator
@inline
export function levelOfRank(rank: i32): i32 {
  return rank >> LEVEL_SHIFT;
}

// @ts-ignore: decorator
@inline
export function classOfRank(rank: i32): i32 {
  return rank >> PLACE_BITS;
}

/** The first rank of a level. */
// @ts-ignore: decorator
@inline
export function rankOfLevel(level: i32): i32 {
  return level << LEVEL_SHIFT;
}

/** Gives each request its rank. Allocates nothing after construction. */
@final
export class Ranking {
  /** The class of requests that no match takes. */
  private readonly fallback: i32;
  private drawn: u64;

  /** @param seed for the places of requests without a cohort key; another one in each worker. */
  constructor(
    private readonly config: PriorityConfig,
    seed: u64,
  ) {
    const classes = config.classes;
    let fallback = max(0, classes.length - 1);
    for (let i = 0; i < classes.length; i++) if (classes[i].match == null) fallback = i;
    this.fallback = fallback;
    this.drawn = seed;
  }

  /** The number of the first class that takes the request. */
  classOf(facts: RequestFacts): i32 {
    const classes = this.config.classes;
    for (let i = 0; i < classes.length; i++) {
      const match = unchecked(classes[i]).match;
      if (match != null && match.holds(facts)) return i;
    }
    return this.fallback;
  }

  /** @param secret the same in all workers, as is the clock: then a user's rank is, too. */
  rankOf(facts: RequestFacts, secret: HashSecret, nowNs: u64): i32 {
    return (this.classOf(facts) << PLACE_BITS) | this.placeOf(facts, secret, nowNs);
  }

  private placeOf(facts: RequestFacts, secret: HashSecret, nowNs: u64): i32 {
    const key = this.config.cohortKey;
    const user = key != null ? key.fingerprint(facts, secret) : NO_KEY;
    if (user == NO_KEY) return this.drawPlace();
    const period = this.config.rotationNs;
    const rotation = (nowNs + ((user >> PLACE_BITS) % period)) / period;
    return <i32>((user + rotation * GOLDEN) & PLACE_MASK);
  }

  /** A place by chance. Source: SplitMix64 (Steele, Lea, Flood 2014), a counter under a bijection. */
  private drawPlace(): i32 {
    this.drawn += 0x9e3779b97f4a7c15;
    return <i32>(scatter(this.drawn) & PLACE_MASK);
  }
}

/** Source: the finaliser of MurmurHash3 (Appleby) with Stafford's constants, a bijection. */
// @ts-ignore: decorator
@inline
function scatter(word: u64): u64 {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}
