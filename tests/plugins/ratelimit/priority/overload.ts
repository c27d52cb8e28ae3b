import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { PLACE_BITS } from "../../../../plugins/ratelimit/priority/cohorts";
import { ClassConfig, PriorityConfig } from "../../../../plugins/ratelimit/priority/config";
import { Shedder } from "../../../../plugins/ratelimit/priority/shedder";

const USERS: i32 = 1000;
const TICK_MS: f64 = 50;

/** Classes with these floors. */
export function classesOf(floors: f64[]): PriorityConfig {
  const config = new PriorityConfig();
  for (let i = 0; i < floors.length; i++) {
    const one = new ClassConfig();
    one.floor = floors[i];
    config.classes.push(one);
  }
  return config;
}

/** Chance, the same in every run. */
export class Chance {
  private readonly words: Xoshiro256 = new Xoshiro256();

  constructor(seed: u64) {
    this.words.seedPoor(seed, 0, 0, 0);
  }

  /** 0 to 1. */
  next(): f64 {
    return <f64>(this.words.next() >> 11) / <f64>((<u64>1) << 53);
  }

  below(count: i32): i32 {
    return <i32>(this.next() * <f64>count);
  }
}

/**
 * An upstream of `servers`, each taking half to one and a half `serviceMs`, first come first served, behind one gate with priorities for
 * each worker. Requests come by chance, at a rate and with a mix that may be changed between runs. Time in ms.
 */
export class Overload {
  now: f64 = 0;
  /** Requests a ms of each class, over all workers. */
  readonly rates: f64[] = [];
  allowance: f64 = 22;
  readonly demanded: i32[] = [];
  readonly admitted: i32[] = [];
  /** By class and user. */
  readonly userDemanded: StaticArray<i32>;
  readonly userAdmitted: StaticArray<i32>;
  served: i32 = 0;
  /** The latest that an admitted request had to wait for its answer. */
  slowest: f64 = 0;
  private readonly chance: Chance = new Chance(7);
  private readonly gates: Shedder[] = [];
  private readonly inflight: i32[] = [];
  private readonly places: StaticArray<i32>;
  /** When each server is free. */
  private readonly free: StaticArray<f64>;
  /** Requests that were let in: when they end, and their worker. */
  private readonly ends: f64[] = [];
  private readonly owners: i32[] = [];
  private nextTick: f64 = TICK_MS;

  constructor(
    servers: i32,
    floors: f64[],
    private readonly workers: i32 = 1,
    private readonly serviceMs: f64 = 16,
  ) {
    const users = floors.length * USERS;
    this.free = new StaticArray<f64>(servers);
    this.places = new StaticArray<i32>(users);
    this.userDemanded = new StaticArray<i32>(users);
    this.userAdmitted = new StaticArray<i32>(users);
    for (let i = 0; i < users; i++) this.places[i] = this.chance.below(1 << PLACE_BITS);
    for (let i = 0; i < workers; i++) {
      this.gates.push(new Shedder(classesOf(floors), <u64>i));
      this.inflight.push(0);
    }
    for (let i = 0; i < floors.length; i++) {
      this.rates.push(0);
      this.demanded.push(0);
      this.admitted.push(0);
    }
  }

  /** Requests that the upstream can serve in a ms. */
  get capacity(): f64 {
    return <f64>this.free.length / this.serviceMs;
  }

  /** Demand of each class, as multiples of the capacity. */
  demand(multiples: f64[]): void {
    for (let i = 0; i < multiples.length; i++) this.rates[i] = multiples[i] * this.capacity;
  }

  /** Runs for `seconds`; counts only what happens in that time. */
  run(seconds: f64): void {
    this.served = 0;
    this.slowest = 0;
    this.demanded.fill(0);
    this.admitted.fill(0);
    this.userDemanded.fill(0);
    this.userAdmitted.fill(0);
    const end = this.now + seconds * 1000;
    let total: f64 = 0;
    for (let i = 0; i < this.rates.length; i++) total += this.rates[i];
    while (this.now < end) {
      this.now -= Math.log(1 - this.chance.next()) / total;
      this.catchUp();
      this.arrive(this.draw(total));
    }
  }

  /** The share of the class's requests that were admitted. */
  part(c: i32): f64 {
    return <f64>this.admitted[c] / <f64>max(1, this.demanded[c]);
  }

  /** What the class had of the capacity in a run of `seconds`. */
  gained(c: i32, seconds: f64): f64 {
    return <f64>this.admitted[c] / (seconds * 1000 * this.capacity);
  }

  /** The share of the capacity that was used in a run of `seconds`. */
  used(seconds: f64): f64 {
    return <f64>this.served / (seconds * 1000 * this.capacity);
  }

  private draw(total: f64): i32 {
    let point = this.chance.next() * total;
    let c = 0;
    while (c < this.rates.length - 1 && point >= this.rates[c]) point -= this.rates[c++];
    return c;
  }

  private catchUp(): void {
    for (let i = this.ends.length - 1; i >= 0; i--) {
      if (this.ends[i] > this.now) continue;
      this.inflight[this.owners[i]]--;
      this.ends[i] = this.ends[this.ends.length - 1];
      this.owners[i] = this.owners[this.owners.length - 1];
      this.ends.pop();
      this.owners.pop();
      this.served++;
    }
    while (this.nextTick <= this.now) {
      this.nextTick += TICK_MS;
      for (let i = 0; i < this.workers; i++) this.gates[i].tick(this.allowance / <f64>this.workers);
    }
  }

  private arrive(c: i32): void {
    const worker = this.chance.below(this.workers);
    const user = c * USERS + this.chance.below(USERS);
    const rank = (c << PLACE_BITS) | this.places[user];
    const gate = this.gates[worker];
    const allowance = max<f64>(1, this.allowance / <f64>this.workers);
    const then = <f64>(this.inflight[worker] + 1);
    const admitted = then <= max<f64>(1, allowance * gate.limitShare(rank));
    gate.note(rank, admitted, then > allowance);
    this.demanded[c]++;
    this.userDemanded[user]++;
    if (!admitted) return;
    this.admitted[c]++;
    this.userAdmitted[user]++;
    this.inflight[worker]++;
    this.enter(worker);
  }

  private enter(worker: i32): void {
    let first = 0;
    for (let i = 1; i < this.free.length; i++) if (this.free[i] < this.free[first]) first = i;
    const end = max(this.now, this.free[first]) + this.serviceMs * (0.5 + this.chance.next());
    this.free[first] = end;
    this.ends.push(end);
    this.owners.push(worker);
    this.slowest = max(this.slowest, end - this.now);
  }
}
