// What conditions are about. Times in ns, shares as fractions of 1, rates per second, the time of day in seconds.

/** The type of a signal, and of what is computed of signals. */
export const enum ValueType {
  /** Bare, such as 50: fits counts and ratios. */
  Number,
  /** Requests, requests a second, units of a named metric. */
  Count,
  Duration,
  Ratio,
  TimeOfDay,
  Boolean,
}

/** Signals by number. Those of load reports come last: `Load` and the metric's place in `SignalTable.metrics`. */
export const enum Signal {
  LatencyP50,
  LatencyP75,
  LatencyP90,
  LatencyP95,
  LatencyP99,
  LatencyMean,
  ErrorRate,
  InFlight,
  RequestRate,
  ConcurrencyLimit,
  ConcurrencyUtilization,
  RejectedRate,
  PressureDelay,
  Time,
  Load,
}

/** In the order of `Signal`. */
const NAMES: string[] = [
  "latency.p50",
  "latency.p75",
  "latency.p90",
  "latency.p95",
  "latency.p99",
  "latency.mean",
  "error_rate",
  "inflight",
  "rps",
  "concurrency.limit",
  "concurrency.utilization",
  "rejected_rate",
  "pressure.delay",
  "time",
];

/** Fields of a load report, by the numbers that OrcaLoadReport gives them; the maps have a name after the dot. */
const LOAD_NAMES: string[] = ["load.cpu", "load.memory", "load.application", "load.eps", "load.rps"];
const LOAD_FIELDS: i32[] = [1, 2, 9, 7, 6];
const LOAD_MAPS: string[] = ["load.named.", "load.utilization."];
const LOAD_MAP_FIELDS: i32[] = [8, 5];

/** Metrics of load reports that all expressions of a configuration may use together. */
// @ts-ignore: decorator
@inline
export const MAX_METRICS: i32 = 8;

/** One number of load reports. */
@final
export class LoadMetric {
  /** @param field its number in OrcaLoadReport. @param key in the map that the field is, else "". */
  constructor(
    readonly field: i32,
    readonly key: string,
  ) {}
}

/** Where the values come from, NaN for one that is not known or too old. Asked once a tick for each signal in use. */
export abstract class SignalSource {
  /** @param signal a `Signal`, neither PressureDelay nor Time. Allocates: nothing. */
  abstract value(signal: i32): f64;
}

/** The signals that a configuration's expressions use, and their latest values. Filled at configure. */
@final
export class SignalTable {
  /** Numbers of the signals, by slot. */
  readonly signals: i32[] = [];
  /** Metrics of load reports that are used. */
  readonly metrics: LoadMetric[] = [];
  private readonly values: StaticArray<f64> = new StaticArray<f64>(<i32>Signal.Load + MAX_METRICS).fill(NaN);

  /** The slot of the signal that is called `name`; -1 when there is none, -2 when it were one metric too many. */
  slotOf(name: string): i32 {
    const signal = this.signalOf(name);
    if (signal < 0) return signal;
    const slot = this.signals.indexOf(signal);
    return slot >= 0 ? slot : this.signals.push(signal) - 1;
  }

  uses(signal: Signal): bool {
    return this.signals.includes(signal);
  }

  /** The latest value in a slot, NaN when unknown. */
  // @ts-ignore: decorator
  @inline
  at(slot: i32): f64 {
    return unchecked(this.values[slot]);
  }

  /**
   * Fetches every signal in use. Allocates: nothing.
   * @param delayNs of the worker's ticks, NaN when not known. @param wallNs of the wall clock, 0 when there is none.
   */
  refresh(source: SignalSource, delayNs: f64, wallNs: u64): void {
    for (let slot = 0; slot < this.signals.length; slot++) {
      const signal = unchecked(this.signals[slot]);
      let value: f64;
      if (signal == Signal.Time) value = timeOfDay(wallNs);
      else value = signal == Signal.PressureDelay ? delayNs : source.value(signal);
      unchecked((this.values[slot] = value - value == 0 ? value : NaN));
    }
  }

  private signalOf(name: string): i32 {
    const plain = NAMES.indexOf(name);
    if (plain >= 0) return plain;
    const load = LOAD_NAMES.indexOf(name);
    if (load >= 0) return this.metricOf(LOAD_FIELDS[load], "");
    for (let i = 0; i < LOAD_MAPS.length; i++) {
      const prefix = LOAD_MAPS[i];
      if (name.startsWith(prefix) && name.length > prefix.length) {
        return this.metricOf(LOAD_MAP_FIELDS[i], name.slice(prefix.length));
      }
    }
    return -1;
  }

  private metricOf(field: i32, key: string): i32 {
    const metrics = this.metrics;
    for (let i = 0; i < metrics.length; i++) {
      if (metrics[i].field == field && metrics[i].key == key) return Signal.Load + i;
    }
    if (metrics.length == MAX_METRICS) return -2;
    return <i32>Signal.Load + metrics.push(new LoadMetric(field, key)) - 1;
  }
}

/** Seconds since midnight, UTC. */
function timeOfDay(wallNs: u64): f64 {
  return wallNs == 0 ? NaN : <f64>((wallNs / 1_000_000_000) % 86_400);
}

/** The type of the signal that is called `name`, which must be one. */
export function typeOfSignal(name: string): ValueType {
  if (name == "time") return ValueType.TimeOfDay;
  if (name.startsWith("latency.") || name == "pressure.delay") return ValueType.Duration;
  if (["inflight", "rps", "concurrency.limit", "load.eps", "load.rps"].includes(name)) return ValueType.Count;
  return name.startsWith("load.named.") ? ValueType.Count : ValueType.Ratio;
}

/** Every name, for messages. */
export function signalNames(): string[] {
  return NAMES.concat(LOAD_NAMES);
}

/** The maps of load reports, for messages. */
export function signalPrefixes(): string[] {
  return LOAD_MAPS;
}
