import { LoadField, LoadValues } from "../../../assembly/core/load-values";
import { LoadMetric, MAX_METRICS } from "./signals";

/** Endpoints that are told apart; of more, those that reported longest ago are forgotten. */
// @ts-ignore: decorator
@inline
export const MAX_ENDPOINTS: i32 = 64;
/** A value that is older is not known any more. */
// @ts-ignore: decorator
@inline
export const MAX_AGE_NS: i64 = 10_000_000_000;
/** Time over which an endpoint's values are smoothed. */
// @ts-ignore: decorator
@inline
const SMOOTHING_NS: f64 = 1e9;
/** The share of endpoints that must not be above what is said of all. */
// @ts-ignore: decorator
@inline
const PART: f64 = 0.75;

/** No report yet. */
const NEVER: u64 = 0;

/**
 * What the endpoints of the upstream report of themselves: of each metric a smoothed value for each endpoint, and of all
 * endpoints together the 75th percentile (nearest rank), which of up to three endpoints is the greatest. So one hot
 * endpoint of many does not throttle the service, and in a small one nothing is averaged away.
 *
 * Memory is fixed at construction; nothing is allocated after it.
 */
@final
export class EndpointLoads {
  /** To read a report into, before `note`. */
  readonly values: LoadValues = new LoadValues(MAX_METRICS);
  private readonly addresses: StaticArray<u64> = new StaticArray<u64>(MAX_ENDPOINTS);
  private readonly seenNs: StaticArray<u64> = new StaticArray<u64>(MAX_ENDPOINTS);
  /** By endpoint, then metric. */
  private readonly loads: StaticArray<f64> = new StaticArray<f64>(MAX_ENDPOINTS * MAX_METRICS);
  private readonly loadNs: StaticArray<u64> = new StaticArray<u64>(MAX_ENDPOINTS * MAX_METRICS);
  private readonly sorted: StaticArray<f64> = new StaticArray<f64>(MAX_ENDPOINTS);
  private known: i32 = 0;
  /** Of the metric that was asked for last, in seconds: how old its youngest value is. */
  age: f64 = Infinity;

  /** @param metrics of `SignalTable`: their places are the numbers of the metrics. */
  constructor(metrics: LoadMetric[]) {
    for (let i = 0; i < metrics.length; i++) this.values.want(<LoadField>metrics[i].field, metrics[i].key);
  }

  get count(): i32 {
    return this.values.count;
  }

  /** Takes over `values` as what an endpoint reports. @param address a hash of it. @param nowNs not 0. */
  note(address: u64, nowNs: u64): void {
    const endpoint = this.endpointOf(address, nowNs);
    unchecked((this.seenNs[endpoint] = nowNs));
    for (let metric = 0; metric < this.count; metric++) {
      const value = this.values.at(metric);
      if (!isNaN(value)) this.smooth(endpoint * MAX_METRICS + metric, value, nowNs);
    }
  }

  /** The metric's value of all endpoints; NaN when none reported it lately. */
  value(metric: i32, nowNs: u64): f64 {
    let count = 0;
    let youngest = MAX_AGE_NS + 1;
    for (let endpoint = 0; endpoint < this.known; endpoint++) {
      const at = endpoint * MAX_METRICS + metric;
      const age = ageOf(unchecked(this.loadNs[at]), nowNs);
      if (age > MAX_AGE_NS) continue;
      youngest = min(youngest, age);
      this.insert(unchecked(this.loads[at]), count++);
    }
    this.age = count == 0 ? Infinity : <f64>youngest / 1e9;
    return count == 0 ? NaN : unchecked(this.sorted[<i32>ceil(PART * <f64>count) - 1]);
  }

  private smooth(at: i32, value: f64, nowNs: u64): void {
    const before = unchecked(this.loads[at]);
    const age = ageOf(unchecked(this.loadNs[at]), nowNs);
    const weight = age > MAX_AGE_NS ? 1 : min<f64>(1, <f64>age / SMOOTHING_NS);
    unchecked((this.loads[at] = before + (value - before) * weight));
    unchecked((this.loadNs[at] = nowNs));
  }

  /** The endpoint's place; a free one, or that of the endpoint seen longest ago, if it has none. */
  private endpointOf(address: u64, nowNs: u64): i32 {
    let oldest = 0;
    let oldestAge: i64 = -1;
    for (let i = 0; i < this.known; i++) {
      if (unchecked(this.addresses[i]) == address) return i;
      const age = ageOf(unchecked(this.seenNs[i]), nowNs);
      if (age <= oldestAge) continue;
      oldest = i;
      oldestAge = age;
    }
    const place = this.known < MAX_ENDPOINTS ? this.known++ : oldest;
    unchecked((this.addresses[place] = address));
    for (let i = 0; i < MAX_METRICS; i++) unchecked((this.loadNs[place * MAX_METRICS + i] = NEVER));
    return place;
  }

  /** Puts a value in its place among the first `count` of `sorted`. */
  private insert(value: f64, count: i32): void {
    let place = count;
    for (; place > 0 && unchecked(this.sorted[place - 1]) > value; place--) {
      unchecked((this.sorted[place] = this.sorted[place - 1]));
    }
    unchecked((this.sorted[place] = value));
  }
}

/** Nanoseconds since `thenNs`; a time to come is now. */
function ageOf(thenNs: u64, nowNs: u64): i64 {
  return thenNs == NEVER ? i64.MAX_VALUE : max<i64>(0, <i64>(nowNs - thenNs));
}
