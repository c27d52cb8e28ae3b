import { RequestFacts } from "../../../assembly/request/facts";
import { HashSecret } from "../../../assembly/request/key";
import { classOfRank, Ranking } from "./cohorts";
import { PriorityConfig } from "./config";
import { Demand } from "./demand";
import { Plan } from "./plan";
import { PooledDemand } from "./pooled";

/** Arrivals at a used-up allowance after which shares are renewed without waiting for the tick. */
// @ts-ignore: decorator
@inline
const EARLY: f64 = 32;

/**
 * Who is served first when there is not room for all.
 *
 * For each request `rankOf`; the gate then compares requests in flight with its allowance times `limitShare`, and what
 * it decides goes to `note`. `tick` about each 50 ms. As long as the allowance is not used up every request is admitted.
 *
 * In flight may so go beyond the allowance, by what drains again (see plan.ts); the gate must bear it, and should let its
 * limit grow only when requests in flight come near it: a rejection alone does not show that. Allocates nothing after
 * construction.
 */
@final
export class Shedder {
  private readonly ranking: Ranking;
  private readonly demand: Demand;
  private readonly plan: Plan;
  /** To be filled with what all workers' demand comes to. */
  readonly pooled: PooledDemand;
  private allowance: f64 = 1;
  /** Since the last tick. */
  private arrived: f64 = 0;
  private foundFull: f64 = 0;

  /** @param config without classes all requests are of one. @param seed by chance, another one in each worker. Allocates. */
  constructor(config: PriorityConfig, seed: u64) {
    const classes = config.classes;
    const floors = new StaticArray<f64>(max(1, classes.length));
    for (let i = 0; i < classes.length; i++) floors[i] = classes[i].floor;
    this.ranking = new Ranking(config, seed);
    this.demand = new Demand(floors.length);
    const pooled = new PooledDemand(floors);
    this.pooled = pooled;
    this.plan = new Plan(floors, pooled);
  }

  /** Number of classes. */
  get classes(): i32 {
    return this.demand.classes.length;
  }

  /** Where the request stands: an opaque number for the other calls, the lower, the earlier. */
  rankOf(facts: RequestFacts, secret: HashSecret, nowNs: u64): i32 {
    return this.ranking.rankOf(facts, secret, nowNs);
  }

  /** The number of the class of requests of this rank. */
  classOf(rank: i32): i32 {
    return classOfRank(rank);
  }

  /** The share of the allowance that requests of this rank may fill now; above 1 for those that go first. */
  limitShare(rank: i32): f64 {
    return this.plan.share(rank);
  }

  /**
   * Counts a request that was admitted or rejected.
   * @param full whether it came to an allowance that was used up: one more would be beyond it.
   */
  note(rank: i32, admitted: bool, full: bool): void {
    this.arrived++;
    if (full) this.foundFull++;
    if (admitted) this.plan.spend(rank);
    this.demand.count(rank, admitted, full);
    if (this.demand.fullNow >= EARLY) this.roll(false);
  }

  /** Regular care: call about each 50 ms. @param allowance requests in flight that this worker may have from now on. */
  tick(allowance: f64): void {
    this.allowance = max<f64>(1, allowance);
    this.plan.adjustFill(this.arrived > 0 ? this.foundFull / this.arrived : 0);
    this.arrived = 0;
    this.foundFull = 0;
    this.roll(true);
  }

  /** The part that a class has of this worker's demand, 0 to 1. */
  demandPart(c: i32): f64 {
    const total = this.demand.total;
    return total > 0 ? this.demand.classes[c] / total : 0;
  }

  /** The part of this worker's demand that was let in. */
  get admittedPart(): f64 {
    return this.demand.admittedPart;
  }

  /** The part of this worker's demand that is to be served, by the demand of all workers in `pooled`. */
  get wantedPart(): f64 {
    let wanted: f64 = 0;
    for (let c = 0; c < this.demand.classes.length; c++) wanted += this.demandPart(c) * this.pooled.part(c);
    return this.demand.total > 0 ? wanted : 1;
  }

  private roll(tick: bool): void {
    const admitted = this.demand.admittedNow;
    this.demand.roll(tick);
    this.plan.renew(this.demand, admitted, this.allowance);
  }
}
