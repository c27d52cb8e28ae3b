import { MetricType, Status } from "./abi.js";

const U64 = 64;

export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Counter and gauge. */
  value: bigint;
  /** Histogram: every recorded value in order. */
  readonly samples: bigint[];
}

/** The metrics of one process, by kind and name: VMs that define the same name share the metric. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  define(type: Metric["type"], name: string): Metric {
    const key = `${type} ${name}`;
    let metric = this.#metrics.get(key);
    if (!metric) this.#metrics.set(key, (metric = { name, type, value: 0n, samples: [] }));
    return metric;
  }

  /** The value of a counter or gauge; of a histogram how many values it has; undefined when not defined. */
  value(name: string): number | undefined {
    const scalar = this.#metrics.get(`counter ${name}`) ?? this.#metrics.get(`gauge ${name}`);
    return scalar ? Number(scalar.value) : this.#metrics.get(`histogram ${name}`)?.samples.length;
  }

  /** The values that a histogram has recorded. */
  samples(name: string): number[] {
    return (this.#metrics.get(`histogram ${name}`)?.samples ?? []).map(Number);
  }

  all(): readonly Metric[] {
    return [...this.#metrics.values()];
  }
}

const TYPES = ["counter", "gauge", "histogram"] as const;

/**
 * What one VM knows of metrics: ids, whose two lowest bits say the kind. Odd as Envoy is: defining a name again gives
 * a new id of the same metric; a counter grows by record as by increment; incrementing it by 0 or less is BadArgument.
 */
export class VmMetrics {
  readonly #byId = new Map<number, Metric>();
  readonly #lastId: number[] = [MetricType.Counter, MetricType.Gauge, MetricType.Histogram];

  constructor(private readonly metrics: Metrics) {}

  /** @returns the new id, undefined for an unknown kind. */
  define(type: number, name: string): number | undefined {
    const kind = TYPES[type];
    if (!kind) return undefined;
    const id = (this.#lastId[type]! += 4);
    this.#byId.set(id, this.metrics.define(kind, name));
    return id;
  }

  increment(id: number, offset: bigint): Status {
    const type = id & 3;
    if (type !== MetricType.Counter && type !== MetricType.Gauge) return Status.BadArgument;
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    if (type === MetricType.Counter && offset <= 0n) return Status.BadArgument;
    metric.value = BigInt.asUintN(U64, metric.value + offset);
    return Status.Ok;
  }

  record(id: number, value: bigint): Status {
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    const unsigned = BigInt.asUintN(U64, value);
    if (metric.type === "histogram") metric.samples.push(unsigned);
    else metric.value = metric.type === "counter" ? BigInt.asUintN(U64, metric.value + unsigned) : unsigned;
    return Status.Ok;
  }

  /** The value of a counter or gauge, or the status that says why there is none. */
  get(id: number): bigint | Status {
    const type = id & 3;
    if (type !== MetricType.Counter && type !== MetricType.Gauge) return Status.BadArgument;
    return this.#byId.get(id)?.value ?? Status.NotFound;
  }
}
