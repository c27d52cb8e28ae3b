import {
  ByteView,
  Context,
  FilterHeadersStatusValues,
  Header,
  HeaderMapTypeValues,
  log,
  LogLevelValues,
  Presence,
  readHeaderPairs,
  reportProblems,
  requestHeader,
  RootContext,
  seedForThisVm,
  setTickPeriod,
  WasmResultValues,
} from "../../assembly";
import { Problems } from "../../assembly/core/config-reader";
import { isBlankJson, parseJson } from "../../assembly/core/json";
import { TraceContext } from "../../assembly/core/trace-context";
import { TRACEPARENT_BYTES, writeTraceparent } from "../../assembly/core/traceparent";
import { Field, W3cHeaders } from "../../assembly/core/w3c-headers";
import { Xoshiro256 } from "../../assembly/core/xoshiro256";
import { parseConfig, TraceConfig } from "./config";
import { TraceMetrics } from "./metrics";
import { decide, removesTraceparent, removesTracestate, startsTrace } from "./policy";

const FLUSH_PERIOD_MS: u32 = 1000;
const NEW_TRACEPARENT: usize = memory.data(55);

/** The ids and counts of a VM, the same for all configurations that follow one another in it. */
@final
class VmState {
  readonly random: Xoshiro256 = new Xoshiro256();
  readonly metrics: TraceMetrics = new TraceMetrics();
}

let vmState: VmState | null = null;

/** Only in onConfigure: seeds the VM's generator the first time. */
function stateOfVm(): VmState {
  let state = vmState;
  if (state != null) return state;
  vmState = state = new VmState();
  if (!seedForThisVm(state.random, "trace")) {
    state.metrics.countHostError();
    log(LogLevelValues.warn, "trace: no random source (random_get); ids of new traces are unique but can be guessed");
  }
  return state;
}

/** What one configuration makes of the plugin. */
@final
class Tracer {
  private readonly random: Xoshiro256;
  private readonly metrics: TraceMetrics;
  private readonly map: ByteView = new ByteView();
  private readonly headers: W3cHeaders = new W3cHeaders();
  private readonly traceparent: Header = requestHeader("traceparent");
  private readonly tracestate: Header = requestHeader("tracestate");
  private readonly fresh: TraceContext = new TraceContext();
  private readonly freshValue: ByteView = new ByteView();

  constructor(
    private readonly config: TraceConfig,
    state: VmState,
  ) {
    this.random = state.random;
    this.metrics = state.metrics;
    this.freshValue.set(NEW_TRACEPARENT, <i32>TRACEPARENT_BYTES);
  }

  /**
   * Continues, repairs or starts the trace of the request at hand. A host that does not give the headers leaves the
   * request as it is. Allocates: nothing, unless the headers exceed 16 KB.
   *
   * The headers are read all at once. A single read gives the first traceparent of several, which would then be
   * continued instead of restarted; the two properties that give joined values (request.headers.traceparent and
   * .tracestate) cost Envoy 1.40 1.7 to 1.9 times as much as the whole map, at 7 headers as at 27.
   */
  handle(): void {
    if (readHeaderPairs(HeaderMapTypeValues.RequestHeaders, this.map) != Presence.Found) {
      this.metrics.countHostError();
      return;
    }
    const headers = this.headers;
    headers.read(this.map);
    const decision = decide(this.config, headers.traceparent, headers.tracestate);
    this.metrics.count(decision);
    if (startsTrace(decision)) this.writeNewTrace();
    else if (removesTraceparent(decision) && headers.traceparent != Field.Absent) this.check(this.traceparent.remove());
    if (removesTracestate(decision) && headers.tracestate != Field.Absent) this.check(this.tracestate.remove());
  }

  /** Envoy's replace takes away every traceparent that there is. */
  private writeNewTrace(): void {
    this.fresh.start(this.random, this.config.skipBelow);
    writeTraceparent(this.fresh, NEW_TRACEPARENT);
    this.check(this.traceparent.replace(this.freshValue));
  }

  private check(result: WasmResultValues): void {
    if (result != WasmResultValues.Ok) this.metrics.countHostError();
  }

  tick(): void {
    this.metrics.flush();
  }
}

/** One configured trace plugin in one VM. */
@final
export class TraceRoot extends RootContext {
  tracer: Tracer | null = null;

  createContext(): Context {
    return new TraceFilter(this);
  }

  onConfigure(configurationSize: u32): bool {
    const problems = new Problems();
    const config = this.parse(problems);
    if (!reportProblems("trace", problems)) return false;
    this.tracer = new Tracer(config, stateOfVm());
    setTickPeriod(FLUSH_PERIOD_MS);
    return true;
  }

  /** No configuration, or nothing but white space, stands for all defaults. */
  private parse(problems: Problems): TraceConfig {
    const view = new ByteView();
    const presence = this.readConfiguration(view);
    if (presence == Presence.Failed) problems.add("$", "the host did not hand over the configuration");
    return isBlankJson(view) ? new TraceConfig() : parseConfig(parseJson(view), problems);
  }

  onTick(): void {
    const tracer = this.tracer;
    if (tracer != null) tracer.tick();
  }
}

/** Serves every stream: its trace is settled when its headers arrive, and nothing of it is kept. */
@final
class TraceFilter extends Context {
  constructor(private readonly root: TraceRoot) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const tracer = this.root.tracer;
    if (tracer != null) tracer.handle();
    return FilterHeadersStatusValues.Continue;
  }
}
