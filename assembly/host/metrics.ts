import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from "../abi/imports";
import { OUT } from "../abi/memory";
import { MetricTypeValues, WasmResultValues } from "../abi/types";
import { Utf8 } from "../core/bytes";

/** No metric: the host refused to define it. */
const UNDEFINED: u32 = u32.MAX_VALUE;

/** What the names of metrics begin with that are being defined. */
let tags: string = "";

/**
 * Lets the names of all metrics that are defined from now on begin with `next`, such as `setting=.=checkout;.;`, which
 * Istio's way to read names makes labels of. @returns what they began with before, to be set again. Only in onConfigure.
 */
export function tagMetrics(next: string): string {
  const before = tags;
  tags = next;
  return before;
}

function define(type: MetricTypeValues, name: string): u32 {
  const encoded = new Utf8(tags + name);
  return proxy_define_metric(type, encoded.ptr, encoded.length, OUT) == WasmResultValues.Ok
    ? load<u32>(OUT)
    : UNDEFINED;
}

/**
 * A counter in Envoy's statistics, under `name` as it is. Counts in linear memory; `flush` hands the sum to the host,
 * so that counting on the request path costs no host call. Create in on_configure: allocates.
 */
@final
export class Counter {
  private readonly id: u32;
  /** Counted since the last flush. */
  pending: u64 = 0;

  constructor(name: string) {
    this.id = define(MetricTypeValues.Counter, name);
  }

  /** Counts. Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  add(count: u64): void {
    this.pending += count;
  }

  /** Hands on what was counted; what the host does not take is kept for the next time. Allocates: nothing. */
  flush(): void {
    // Envoy refuses an increment by 0.
    if (this.pending == 0 || this.id == UNDEFINED) return;
    if (proxy_increment_metric(this.id, <i64>this.pending) == WasmResultValues.Ok) this.pending = 0;
  }
}

/**
 * A counter that follows a total which its owner only ever lets grow: the owner counts in a plain field and need not
 * know of metrics. Create in on_configure: allocates.
 */
@final
export class TotalCounter {
  private readonly id: u32;
  private reported: u64 = 0;

  constructor(name: string) {
    this.id = define(MetricTypeValues.Counter, name);
  }

  /** Hands on what `total` grew by; what the host does not take is handed on the next time. Allocates: nothing. */
  follow(total: u64): void {
    if (total == this.reported || this.id == UNDEFINED) return;
    if (proxy_increment_metric(this.id, <i64>(total - this.reported)) == WasmResultValues.Ok) this.reported = total;
  }
}

/** A gauge in Envoy's statistics, shared by all VMs that define the name. Create in on_configure: allocates. */
@final
export class Gauge {
  private readonly id: u32;

  constructor(name: string) {
    this.id = define(MetricTypeValues.Gauge, name);
  }

  /** Sets the value. One host call. Allocates: nothing. */
  record(value: u64): WasmResultValues {
    return proxy_record_metric(this.id, value);
  }

  /** Adds to the value, which several VMs can do without overwriting each other. One host call. Allocates: nothing. */
  add(offset: i64): WasmResultValues {
    return proxy_increment_metric(this.id, offset);
  }

  /** The value, or `fallback` when the host does not answer. One host call. Allocates: nothing. */
  read(fallback: u64): u64 {
    return proxy_get_metric(this.id, OUT) == WasmResultValues.Ok ? load<u64>(OUT) : fallback;
  }
}

/** A histogram in Envoy's statistics. Create in on_configure: allocates. */
@final
export class Histogram {
  private readonly id: u32;

  constructor(name: string) {
    this.id = define(MetricTypeValues.Histogram, name);
  }

  /** Records one value. One host call. Allocates: nothing. */
  record(value: u64): WasmResultValues {
    return proxy_record_metric(this.id, value);
  }
}
