import { classOfRank, COHORTS, levelOfRank, PLACE_BITS, rankOfLevel } from "./cohorts";
import { Demand } from "./demand";
import { PooledDemand } from "./pooled";

// === Who may fill how much of the allowance A ===
//
//   requests in flight
//   0        fill * A          A            A * (1 + headroom)
//   |-----------|--------------|-----------------|
//     any class   before the      the higher, the farther: by what of the capacity
//                 threshold       is left beside its own demand and all that goes first
//
// The threshold is the rank up to which demand reaches what can be carried, and somewhat more, so that the allowance is
// used up: whoever is before it competes for all of it. Who goes first finds a place although it is used up, since the
// demand up to there is less than is carried, so that what goes beyond the allowance drains by itself: a queue of M/D/1
// of load rho grows beyond n with probability of about exp(-2 n (1 - rho) / rho). Whoever is after the threshold gets a
// class's floor, or what the others leave idle: then the threshold is wrong, and is found anew.

/** Capacity that is offered more demand than it can carry, by this share when the allowance is never used up. */
// @ts-ignore: decorator
@inline
const SURPLUS: f64 = 0.7;
/** The same, for the fill at its greatest. */
// @ts-ignore: decorator
@inline
const FILL_SURPLUS: f64 = 2;
/** The least share of the allowance that is open to all. */
// @ts-ignore: decorator
@inline
const LEAST_FILL: f64 = 0.35;
/** Used up for less than this share of arrivals, the allowance is opened to all; for more, it is closed again. */
// @ts-ignore: decorator
@inline
const WELL_USED: f64 = 0.5;
/** A class that fits whole has all of the headroom if this part of the capacity is left beside it, else in proportion. */
// @ts-ignore: decorator
@inline
const LEFT_BY_CLASS: f64 = 0.2;
/** A class that does not fit here by more than this is not helped by the capacity that all workers have left beside it. */
// @ts-ignore: decorator
@inline
const NEARLY: f64 = 1.25;
/** A cohort of one that does not has less of it, so that requests need not wait for each other. */
// @ts-ignore: decorator
@inline
const LEFT_BY_COHORT: f64 = 0.5;
// @ts-ignore: decorator
@inline
const COHORT_HEADROOM: f64 = 0.3;
/** Standard deviations by which demand may be less than what was counted by chance, for the benefit of a whole class. */
// @ts-ignore: decorator
@inline
const DOUBT: f64 = 1;
/** The most headroom: so many standard deviations of as many requests as A by chance. More leads the limit astray. */
// @ts-ignore: decorator
@inline
const DEVIATIONS: f64 = 3;
/**
 * Arrivals at a used-up allowance after which all of it is given: there is none while nothing is limited, since then the
 * allowance goes by what is in flight.
 */
// @ts-ignore: decorator
@inline
const PROVEN_BY: f64 = 50;
/** A floor is for the first cohorts of a class, until they ask for so many times the floor. */
// @ts-ignore: decorator
@inline
const FLOOR_COHORTS: f64 = 1.5;
/** Requests of a floor that may come at once: at least, and as if of so many carried requests. */
// @ts-ignore: decorator
@inline
const FLOOR_BURST: f64 = 4;
// @ts-ignore: decorator
@inline
const FLOOR_MEMORY: f64 = 400;

/** The shares, as of the last window. Allocates nothing after construction. */
@final
export class Plan {
  /** The first rank that is not to be served. */
  threshold: i32;
  private fill: f64 = 1;
  private readonly shares: StaticArray<f64>;
  private floorShare: f64 = 1;
  /** The first rank of each class that has no part in the floor. */
  private readonly floorEnds: StaticArray<i32>;
  /** Requests that each class may still have by its floor. */
  private readonly credits: StaticArray<f64>;
  private arrivals: f64 = 0;

  /** @param floors of each class, as a share of what is carried. */
  constructor(
    private readonly floors: StaticArray<f64>,
    private readonly pooled: PooledDemand,
  ) {
    const classes = floors.length;
    this.threshold = classes << PLACE_BITS;
    this.shares = new StaticArray<f64>(classes * COHORTS).fill(1);
    this.floorEnds = new StaticArray<i32>(classes);
    this.credits = new StaticArray<f64>(classes);
  }

  /** The share of the allowance that a request of this rank may fill. */
  // @ts-ignore: decorator
  @inline
  share(rank: i32): f64 {
    return rank < this.threshold ? unchecked(this.shares[levelOfRank(rank)]) : this.shareAfter(rank);
  }

  private shareAfter(rank: i32): f64 {
    const c = classOfRank(rank);
    const byFloor = unchecked(this.credits[c]) >= 1 && rank < unchecked(this.floorEnds[c]);
    return byFloor ? max(this.floorShare, this.fill) : this.fill;
  }

  /** A request was admitted, in whatever way: it is a part of its class's floor. */
  // @ts-ignore: decorator
  @inline
  spend(rank: i32): void {
    const c = classOfRank(rank);
    unchecked((this.credits[c] = max<f64>(0, unchecked(this.credits[c]) - 1)));
  }

  /** Opens the allowance to all while it is not well used, within some ticks. Once a tick. */
  adjustFill(fullShare: f64): void {
    this.fill = fullShare < WELL_USED ? min<f64>(1, this.fill * 2) : max<f64>(LEAST_FILL, this.fill * 0.6);
  }

  /** @param admitted in the window. @param allowance at least 1. */
  renew(demand: Demand, admitted: f64, allowance: f64): void {
    const proven = min<f64>(1, demand.full / PROVEN_BY);
    const headroom = (proven * DEVIATIONS) / Math.sqrt(allowance);
    this.floorShare = 1 + headroom / 2;
    const carried = demand.carried;
    const opening = (FILL_SURPLUS * (this.fill - LEAST_FILL)) / (1 - LEAST_FILL);
    const surplus = carried * (SURPLUS * (1 - demand.fullness) + opening);
    let first: f64 = 0;
    for (let c = 0; c < this.floors.length; c++) first += this.floorOf(c, demand, carried);
    this.threshold = this.floors.length << PLACE_BITS;
    for (let c = 0; c < this.floors.length; c++) {
      const floor = this.floorOf(c, demand, carried);
      first -= floor;
      this.renewClass(c, demand, max<f64>(1, carried), first, surplus, headroom);
      this.renewFloor(c, demand, floor, admitted);
      first += unchecked(demand.classes[c]);
    }
  }

  /** What of the capacity is kept for a class, in remembered requests. */
  // @ts-ignore: decorator
  @inline
  private floorOf(c: i32, demand: Demand, carried: f64): f64 {
    return min(unchecked(this.floors[c]) * carried, unchecked(demand.classes[c]));
  }

  /** @param capacity as demand. @param first what goes first: demand of higher classes, floors of lower ones. */
  private renewClass(c: i32, demand: Demand, capacity: f64, first: f64, surplus: f64, headroom: f64): void {
    const left = capacity - first + surplus;
    const needed = first + unchecked(demand.classes[c]);
    const sure = max<f64>(0, needed - DOUBT * Math.sqrt(needed));
    const elsewhere = sure <= NEARLY * capacity ? part(this.pooled.spare(c) / LEFT_BY_CLASS) : 0;
    const fits = sure <= capacity + surplus || elsewhere == 1;
    const least = fits ? max(elsewhere, part((1 - sure / capacity) / LEFT_BY_CLASS)) : 0;
    let open = !fits && this.threshold > c << PLACE_BITS;
    let sum: f64 = 0;
    for (let level = c * COHORTS; level < (c + 1) * COHORTS; level++) {
      const here = unchecked(demand.levels[level]);
      const free = COHORT_HEADROOM * part((1 - (first + sum + here / 2) / capacity) / LEFT_BY_COHORT);
      unchecked((this.shares[level] = 1 + headroom * max(least, free)));
      if (open && sum + here > left) {
        open = false;
        this.threshold = rankOfLevel(level) + <i32>(part((left - sum) / here) * <f64>(rankOfLevel(1) - 1));
      }
      sum += here;
    }
  }

  private renewFloor(c: i32, demand: Demand, floor: f64, admitted: f64): void {
    const share = unchecked(this.floors[c]);
    const most = max<f64>(FLOOR_BURST, share * FLOOR_MEMORY);
    unchecked((this.credits[c] = min(most, unchecked(this.credits[c]) + share * admitted)));
    let sum: f64 = 0;
    let level = c * COHORTS;
    while (level < (c + 1) * COHORTS && sum < FLOOR_COHORTS * floor) sum += unchecked(demand.levels[level++]);
    unchecked((this.floorEnds[c] = rankOfLevel(level)));
  }
}

/** 0 to 1. */
// @ts-ignore: decorator
@inline
function part(x: f64): f64 {
  return min<f64>(1, max<f64>(0, x));
}
