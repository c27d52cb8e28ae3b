import {
  Context,
  Counter,
  FilterHeadersStatusValues,
  Header,
  PluginRoot,
  Presence,
  responseHeader,
  setTickPeriod,
  SharedEntry,
  sharedWriteOf,
  WasmResultValues,
} from "../../assembly";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { SharedStore } from "../../assembly/core/shared-store";
import { SharedWrite } from "../../assembly/core/shared-write";
import { CounterConfig, parseConfig } from "./config";
import { CLASSES, classOf, NO_CLASS, Tally } from "./policy";

/** How the names of its metrics begin. */
const METRICS: string = "tidegate_my_plugin";
/** One configuration in one VM. */
@final
export class CounterRoot extends PluginRoot {
  private config: CounterConfig = new CounterConfig();
  private meter: Meter | null = null;

  createContext(): Context {
    return new CounterContext(this);
  }

  /** No configuration, or nothing but white space, stands for all defaults. */
  parse(node: ConfigNode | null, problems: Problems): void {
    this.config = parseConfig(node);
  }

  begin(scope: string): void {
    this.meter = new Meter(this.config.header, scope);
    setTickPeriod(this.config.everyMs);
  }

  /** The response's headers are at hand. */
  answer(): void {
    const meter = this.meter;
    if (meter != null) meter.answer();
  }

  onTick(): void {
    const meter = this.meter;
    if (meter != null) meter.tick();
  }
}

/** Counts responses. All is encoded once, or in a tick, so a response costs host calls and no allocation. */
@final
class Meter {
  private readonly status: Header = responseHeader(":status");
  private readonly header: Header;
  private readonly store: SharedTotal;
  private readonly tally: Tally = new Tally();
  private readonly byClass: Counter[] = [];
  private readonly hostErrors: Counter = new Counter(`${METRICS}_host_errors_total`);

  constructor(header: string, scope: string) {
    this.header = responseHeader(header);
    this.store = new SharedTotal(`${scope}.total`);
    for (let i = 0; i < CLASSES.length; i++) {
      this.byClass.push(new Counter(`class=.=${CLASSES[i]};.;${METRICS}_responses_total`));
    }
  }

  answer(): void {
    this.tally.add(1);
    if (this.status.read() == Presence.Failed) this.hostErrors.add(1);
    const index = classOf(this.status.value);
    if (index != NO_CLASS) unchecked(this.byClass[index]).add(1);
    if (this.header.replace(this.tally.text) != WasmResultValues.Ok) this.hostErrors.add(1);
  }

  tick(): void {
    if (!this.tally.merge(this.store)) this.hostErrors.add(1);
    for (let i = 0; i < this.byClass.length; i++) unchecked(this.byClass[i]).flush();
    this.hostErrors.flush();
  }
}

/** The record in the data that all workers of this Envoy share. */
@final
class SharedTotal extends SharedStore {
  private readonly entry: SharedEntry;

  /** Makes the record if it is missing; only in onConfigure, while there are no requests yet. */
  constructor(key: string) {
    super();
    const entry = new SharedEntry(key);
    this.entry = entry;
    if (entry.read() == Presence.Absent) entry.compareAndSet(0, 0);
  }

  read(): bool {
    const presence = this.entry.read();
    this.ptr = this.entry.value.ptr;
    this.length = this.entry.value.length;
    return presence == Presence.Found || presence == Presence.Empty;
  }

  compareAndSet(ptr: usize, length: i32): SharedWrite {
    return sharedWriteOf(this.entry.compareAndSet(ptr, length));
  }
}

/** Serves all streams of a root context: nothing of a stream is kept in it. */
@final
class CounterContext extends Context {
  constructor(private readonly root: CounterRoot) {
    super();
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    this.root.answer();
    return FilterHeadersStatusValues.Continue;
  }
}
