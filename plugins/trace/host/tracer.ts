import { ByteView, HeaderMapTypeValues, monotonicNs, Presence, readHeaderPairs } from "../../../assembly";
import { Join } from "../../../assembly/core/correlation-page";
import { Baggage } from "../baggage/baggage";
import { TraceConfig } from "../config";
import { TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { PropagationConfig, Trust } from "../propagation/config";
import { Propagator } from "../propagation/propagator";
import { Rates } from "../sampling/rates";
import { Sampler } from "../sampling/sampler";
import { TraceMetrics } from "./metrics";
import { RequestEdits } from "./request-edits";
import { SharedRateStore } from "./shared-rate";
import { SpanExporter } from "./span-exporter";
import { Told } from "./told";
import { TraceJoin } from "./trace-join";
import { VmState } from "./vm-state";

const SECOND_MS: u32 = 1000;
/** Ticks a second where traces are limited per second: what a tick brings is sampled at once. */
const RATE_TICKS: u32 = 10;

/** What one configuration makes of the plugin in one worker. Allocates nothing after construction. */
@final
export class Tracer {
  private readonly metrics: TraceMetrics;
  private readonly map: ByteView = new ByteView();
  private readonly headers: TraceHeaders;
  private readonly config: PropagationConfig;
  private readonly propagator: Propagator;
  private readonly baggage: Baggage;
  private readonly rates: Rates;
  private readonly join: TraceJoin | null;
  private readonly joined: TraceContext = new TraceContext();
  private readonly told: Told;
  private readonly spans: SpanExporter | null;
  private readonly edits: RequestEdits;
  private ticks: u32 = 0;

  /** Only in onConfigure: allocates. @param scope how the keys begin of what workers share. */
  constructor(config: TraceConfig, state: VmState, scope: string) {
    const metrics = state.metrics;
    const hostErrors = metrics.hostErrors;
    const headers = new TraceHeaders();
    this.metrics = metrics;
    this.headers = headers;
    const sampler = new Sampler(config.sampling, headers);
    this.propagator = new Propagator(config.propagation, headers, state.random, sampler);
    this.config = config.propagation;
    this.baggage = new Baggage(config.baggage, headers);
    const perSecond = config.sampling.rates;
    const rates = new Rates(perSecond, new SharedRateStore(scope, perSecond.length, hostErrors));
    if (rates.isNeeded) rates.tick(monotonicNs());
    this.rates = rates;
    const join = config.join;
    this.join = join != null ? new TraceJoin(join, headers, hostErrors) : null;
    const spans = config.spans;
    this.spans = spans != null ? new SpanExporter(spans, headers, state.random, hostErrors) : null;
    this.told = new Told(config.telling, hostErrors);
    this.edits = new RequestEdits(headers, hostErrors);
  }

  /** Whether the configuration leaves something to the listener, so that `serve` is to be called for each request. */
  get asksListener(): bool {
    const spans = this.spans;
    return !this.config.isTrustTold || (spans != null && !spans.isKindTold);
  }

  /** Whether `serve` is to be called for the end of each request too. */
  get asksListenerAtEnd(): bool {
    const spans = this.spans;
    return spans != null && spans.hasBothKinds;
  }

  /**
   * Does what the configuration leaves to the listener. Allocates: nothing.
   * @param isSidecar whether its callers are trusted. @param isOutbound whether it carries what an application asks of others.
   */
  serve(isSidecar: bool, isOutbound: bool): void {
    if (!this.config.isTrustTold) this.propagator.trustCallers(isSidecar);
    const spans = this.spans;
    if (spans != null) spans.serve(isOutbound);
  }

  /**
   * Continues, converts, repairs or starts the trace of the request at hand. A host that does not give the headers leaves
   * the request as it is. Allocates: nothing, unless the headers exceed 16 KB.
   *
   * The headers are read all at once: a single read gives the first of several, and costs as much for each format that is
   * asked for as a quarter of the whole map.
   */
  onRequestHeaders(contextId: u32): void {
    if (readHeaderPairs(HeaderMapTypeValues.RequestHeaders, this.map) != Presence.Found) {
      this.metrics.hostErrors.add(1);
      return;
    }
    const propagator = this.propagator;
    propagator.arrive(this.map);
    propagator.settle(this.cause(), this.rates);
    propagator.leave(this.edits);
    this.carryBaggage();
    const context = propagator.context;
    const isSampled = propagator.hasContext && context.isSampled;
    this.metrics.count(propagator.outcome, isSampled);
    if (!propagator.hasContext) return;
    const join = this.join;
    if (join != null) join.remember(context);
    this.told.request(context);
    const spans = this.spans;
    if (isSampled && spans != null) {
      spans.onRequestHeaders(contextId, context, propagator.callerId, propagator.left, propagator.tracestate());
    }
  }

  private carryBaggage(): void {
    const config = this.config;
    this.baggage.handle(
      config.trust == Trust.Full,
      config.readsBaggage,
      config.readsUberctx,
      config.writesBaggage,
      config.writesUberctx,
      this.edits,
    );
    this.metrics.baggageDropped.add(u64(this.baggage.dropped));
  }

  /** The context of the request that caused the one at hand; null when that is not known, or the request has its own. */
  private cause(): TraceContext | null {
    const join = this.join;
    if (join == null || !this.propagator.isBare) return null;
    return join.recall(this.joined) == Join.One ? this.joined : null;
  }

  onResponseHeaders(): void {
    this.told.response();
  }

  onLog(contextId: u32): void {
    const spans = this.spans;
    if (spans != null) spans.onLog(contextId);
  }

  onHttpCallResponse(token: u32, headers: u32, bodySize: u32): void {
    const spans = this.spans;
    if (spans != null) spans.onHttpCallResponse(token, headers, bodySize);
  }

  /** How often `onTick` is to be called: rates know the time from it alone, so that they need it more often. */
  get tickPeriodMs(): u32 {
    return this.rates.isNeeded ? SECOND_MS / RATE_TICKS : SECOND_MS;
  }

  onTick(): void {
    if (this.rates.isNeeded) {
      this.rates.tick(monotonicNs());
      if (++this.ticks % RATE_TICKS != 0) return;
    }
    this.everySecond();
  }

  private everySecond(): void {
    this.metrics.flush();
    const join = this.join;
    if (join != null) join.flush();
    const spans = this.spans;
    if (spans != null) spans.onTick();
  }
}
