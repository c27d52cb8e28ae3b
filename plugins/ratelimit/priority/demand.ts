import { COHORTS, levelOfRank } from "./cohorts";

// What is asked for, by class and cohort, and how much of it can be carried. Nothing here is by time: sums are forgotten
// by how much was counted since, so that they are as exact at 10 requests a second as at 10,000, and as young as can be.

/** Admitted requests after which what is known of the capacity has fallen to 1/e. */
// @ts-ignore: decorator
@inline
const MEMORY_ADMITTED: f64 = 200;
/** Arrivals after which what is known of the mix has fallen to 1/e. */
// @ts-ignore: decorator
@inline
const MEMORY_ARRIVALS: f64 = 800;
/** What a tick leaves of the sums when little came: 1/e in 2.5 s. */
// @ts-ignore: decorator
@inline
const MOST_KEPT: f64 = 0.98;
/** Shares of arrivals that found the allowance used up: below the first there was room, above the second there is none. */
// @ts-ignore: decorator
@inline
const ROOM: f64 = 0.1;
// @ts-ignore: decorator
@inline
const NO_ROOM: f64 = 0.3;
/** What is kept of the sums when room ends: how much was carried before says little of how much can be. */
// @ts-ignore: decorator
@inline
const KEPT_WHEN_ROOM_ENDS: f64 = 0.05;
/** Arrivals that must have shown the end of room. */
// @ts-ignore: decorator
@inline
const ENOUGH: f64 = 16;

/** Demand and what was admitted of it, the latest windows counting most. Allocates nothing after construction. */
@final
export class Demand {
  /** Remembered demand of each level, of each class, and of all. */
  readonly levels: StaticArray<f64>;
  readonly classes: StaticArray<f64>;
  total: f64 = 0;
  /** Arrivals that found the allowance used up, as far as remembered. */
  full: f64 = 0;
  /** Of this window. */
  admittedNow: f64 = 0;
  fullNow: f64 = 0;
  private arrivedNow: f64 = 0;
  private readonly levelsNow: StaticArray<u32>;
  private arrived: f64 = 0;
  private admitted: f64 = 0;

  constructor(classes: i32) {
    this.levels = new StaticArray<f64>(classes * COHORTS);
    this.levelsNow = new StaticArray<u32>(classes * COHORTS);
    this.classes = new StaticArray<f64>(classes);
  }

  /** @param rank one of a class that there is. */
  // @ts-ignore: decorator
  @inline
  count(rank: i32, admitted: bool, full: bool): void {
    unchecked(this.levelsNow[levelOfRank(rank)]++);
    this.arrivedNow++;
    if (admitted) this.admittedNow++;
    if (full) this.fullNow++;
  }

  /** How much of `total` could be carried, at the rate at which it was of late. */
  get carried(): f64 {
    return this.arrived > 0 ? this.total * this.admittedPart : 0;
  }

  /** The share of arrivals that were admitted. */
  get admittedPart(): f64 {
    return this.arrived > 0 ? this.admitted / this.arrived : 1;
  }

  /** The share of arrivals that found the allowance used up. */
  get fullness(): f64 {
    return this.arrived > 0 ? this.full / this.arrived : 0;
  }

  /** Ends a window. @param tick whether it is one of time: some is forgotten then, though nothing came. */
  roll(tick: bool): void {
    const most: f64 = tick ? MOST_KEPT : 1;
    let kept = min(most, max<f64>(0, 1 - this.admittedNow / MEMORY_ADMITTED));
    let mixKept = min(most, max<f64>(0, 1 - this.arrivedNow / MEMORY_ARRIVALS));
    if (this.fullness < ROOM && this.arrivedNow >= ENOUGH && this.fullNow > NO_ROOM * this.arrivedNow) {
      kept = min(kept, KEPT_WHEN_ROOM_ENDS);
      mixKept = min(mixKept, KEPT_WHEN_ROOM_ENDS);
    }
    this.arrived = this.arrived * kept + this.arrivedNow;
    this.admitted = this.admitted * kept + this.admittedNow;
    this.full = this.full * kept + this.fullNow;
    this.rollLevels(mixKept);
    this.arrivedNow = 0;
    this.admittedNow = 0;
    this.fullNow = 0;
  }

  private rollLevels(kept: f64): void {
    let total: f64 = 0;
    for (let c = 0; c < this.classes.length; c++) {
      let sum: f64 = 0;
      for (let level = c * COHORTS; level < (c + 1) * COHORTS; level++) {
        const demand = unchecked(this.levels[level]) * kept + <f64>unchecked(this.levelsNow[level]);
        unchecked((this.levels[level] = demand));
        unchecked((this.levelsNow[level] = 0));
        sum += demand;
      }
      unchecked((this.classes[c] = sum));
      total += sum;
    }
    this.total = total;
  }
}
