import { ByteView } from "../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { RateSource } from "../sampling/rate";
import { Origin, Sampler } from "../sampling/sampler";
import { NONE } from "../sampling/threshold";
import { Field } from "../tracestate/tracestate";
import { Carrier } from "./carrier";
import { Carriers } from "./carriers";
import { PropagationConfig, Span, Trust, W3C } from "./config";
import { TraceState } from "./trace-state";

/** What became of a request's trace context. */
export enum Outcome {
  /** None arrived and none was started. */
  Passed,
  /** It went on, in the formats in which it came. */
  Continued,
  /** It went on, and was written in a format in which it did not come. */
  Converted,
  /** None arrived: a new one. */
  Started,
  /** None arrived: that of the request by which this one was caused. */
  Joined,
  /** What arrived could not be continued, or not all of it: restarted, removed, or continued without tracestate. */
  Repaired,
  /** The caller is not trusted: replaced or removed. */
  Distrusted,
}

/**
 * Carries the trace context of one request after another from the headers it came with to those it leaves with:
 * `arrive`, then `settle`, then `leave`. Allocates nothing after construction.
 */
@final
export class Propagator {
  /** What the request goes on with, if `hasContext`. */
  readonly context: TraceContext = new TraceContext();
  hasContext: bool = false;
  /** The caller's span, where one of this hop took its place as the parent; 0 otherwise. */
  callerId: u64 = 0;
  outcome: Outcome = Outcome.Passed;
  private readonly carriers: Carriers;
  private readonly w3cIfAny: Carrier | null;
  private readonly stateIfAny: TraceState | null;
  /** Null where tracestates are let alone. */
  private w3c: Carrier | null;
  private state: TraceState | null;
  private stripsAll: bool;

  /** Only at configure: takes slots of `headers`. */
  constructor(
    private readonly config: PropagationConfig,
    private readonly headers: TraceHeaders,
    private readonly random: Xoshiro256,
    private readonly sampler: Sampler,
  ) {
    const stripsAll = config.trust != Trust.Full;
    const carriers = new Carriers(config.extract, config.inject, stripsAll, headers);
    const w3c = carriers.named(W3C);
    this.stripsAll = stripsAll;
    this.carriers = carriers;
    const state = w3c != null ? new TraceState(headers, config.tracestateKey) : null;
    this.w3cIfAny = w3c;
    this.stateIfAny = state;
    this.w3c = w3c;
    this.state = state;
  }

  /** From now on trust is full, or none. Between requests, of one that began without trust. Allocates: nothing. */
  trustCallers(trusts: bool): void {
    if (trusts != this.stripsAll) return;
    this.config.trust = trusts ? Trust.Full : Trust.None;
    this.stripsAll = !trusts;
    this.carriers.trustCallers(trusts);
    const isOurs = !trusts || (this.w3cIfAny != null && this.w3cIfAny!.isUsed);
    this.w3c = isOurs ? this.w3cIfAny : null;
    this.state = isOurs ? this.stateIfAny : null;
  }

  /** Reads a request's headers. */
  arrive(map: ByteView): void {
    this.headers.read(map);
    this.carriers.read();
    const state = this.state;
    if (state != null) state.read();
    this.callerId = 0;
  }

  /** Whether nothing of a trace arrived, so that a joined one may take its place. */
  get isBare(): bool {
    const state = this.state;
    return !this.carriers.arrived && (state == null || state.field == Field.Absent);
  }

  /** The caller's trace where the request does not go on with it; null otherwise, or when the caller had none. */
  get left(): TraceContext | null {
    const caller = this.carriers.caller;
    return caller != null && !(this.hasContext && caller.context.sameTrace(this.context)) ? caller.context : null;
  }

  /** The tracestate that the request goes on with; null for none. Only after `leave`. */
  tracestate(): ByteView | null {
    const state = this.state;
    return state != null ? state.text() : null;
  }

  /**
   * Decides what the request goes on with.
   * @param joined the context of the request that caused this one; null when that is not known.
   */
  settle(joined: TraceContext | null, rates: RateSource): void {
    const caller = this.carriers.caller;
    const origin = this.originOf(caller, joined);
    this.outcome = origin;
    this.hasContext = true;
    if (origin == Outcome.Continued) this.context.copy(caller!.context);
    else if (origin == Outcome.Joined) this.context.copy(joined!);
    else if (this.config.start) this.start(caller);
    else this.hasContext = false;
    this.keepState();
    if (!this.hasContext) return;
    const isStarted = origin != Outcome.Continued && origin != Outcome.Joined;
    const isReversed = this.sample(isStarted, rates);
    this.placeSpan(isStarted, isReversed);
  }

  private originOf(caller: Carrier | null, joined: TraceContext | null): Outcome {
    if (caller != null && !this.stripsAll) return Outcome.Continued;
    const isBare = this.isBare;
    if (isBare && joined != null) return Outcome.Joined;
    if (!isBare && this.stripsAll) return Outcome.Distrusted;
    const orphan = this.state != null && this.state!.field != Field.Absent && !this.w3c!.isTrace;
    if (this.carriers.invalid || orphan) return Outcome.Repaired;
    return this.config.start ? Outcome.Started : Outcome.Passed;
  }

  private start(caller: Carrier | null): void {
    this.context.start(this.random);
    if (this.config.trust == Trust.None) return;
    const decision = caller != null ? caller.context.sampling : this.carriers.decision;
    // Debug asks for more than to be sampled: that is not for a caller who is trusted with no more than this.
    const isCapped = this.stripsAll && decision == Sampling.Debug;
    this.context.sampling = isCapped ? Sampling.Sampled : decision;
  }

  /**
   * The tracestate goes on with the trace that its traceparent names, and with no other.
   * https://www.w3.org/TR/trace-context-2/#a-traceparent-is-received
   */
  private keepState(): void {
    const state = this.state;
    if (state == null) return;
    const w3c = this.w3c!;
    // Without a context the traceparent stays as it is, and is then one of a format that is not read.
    const isOurs = !this.stripsAll && w3c.isTrace && (!this.hasContext || w3c.context.sameTrace(this.context));
    if (!isOurs) state.clear();
    else if (state.field == Field.Invalid) this.outcome = Outcome.Repaired;
  }

  /** @returns whether a decision that came with the trace is now another. */
  private sample(isStarted: bool, rates: RateSource): bool {
    const context = this.context;
    const state = this.state;
    const isDecided = context.sampling != Sampling.Undecided;
    const wasSampled = context.isSampled;
    const origin = isDecided ? Origin.Decided : isStarted ? Origin.Started : Origin.Undecided;
    const threshold = state != null ? state.threshold : NONE;
    const randomness = state != null ? state.randomness : NONE;
    this.sampler.decide(origin, context, threshold, randomness, rates);
    if (state != null && this.w3c!.writes) state.tell(this.sampler.threshold);
    return isDecided && wasSampled != context.isSampled;
  }

  /**
   * Makes a span of this hop the parent, if so configured, if the caller named none, or if the caller's decision is not
   * kept: https://www.w3.org/TR/trace-context-2/#mutating-the-traceparent-field lets nobody reverse it under its span id.
   */
  private placeSpan(isStarted: bool, isReversed: bool): void {
    const context = this.context;
    if (!isStarted) {
      if (this.config.span == Span.Pass && context.parentId != 0 && !isReversed) return;
      this.callerId = context.parentId;
      context.newParent(this.random);
    }
    const state = this.state;
    if (state != null && this.config.span == Span.New && this.w3c!.writes) state.sign(context.parentId);
  }

  /** Lets the request's headers say what was settled. */
  leave(edits: HeaderEdits): void {
    const state = this.state;
    if (this.hasContext) {
      const converted = this.carriers.write(this.context, this.stripsAll, edits);
      if (converted && this.outcome == Outcome.Continued) this.outcome = Outcome.Converted;
      // A traceparent that is not written and contradicts the context is gone, and its tracestate with it.
      if (state != null && !this.w3c!.writes && !this.w3c!.says(this.context)) state.clear();
    } else {
      this.carriers.strip(this.stripsAll, edits);
    }
    if (state != null) state.write(edits);
  }
}
