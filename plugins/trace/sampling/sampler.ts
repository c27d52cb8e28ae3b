import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { Continued, SamplingConfig, SamplingRule, UNLIMITED } from "./config";
import { MapFacts } from "./map-facts";
import { RateSource } from "./rate";
import { ALWAYS, NONE, randomnessOf } from "./threshold";

/** What is known of a trace's sampling before it is decided here. */
export enum Origin {
  /** The trace starts here. */
  Started,
  /** It came from the caller, who left the decision to others. */
  Undecided,
  /** It came with a decision. */
  Decided,
}

/** Decides which traces are sampled. Allocates nothing after construction. */
@final
export class Sampler {
  /**
   * The threshold that the tracestate is to have (`ot=th:`) after `decide`, NONE for none: one only for a trace that is
   * sampled with a known probability.
   */
  threshold: u64 = NONE;
  /** Null when no rule asks anything about requests. */
  private readonly facts: MapFacts | null;

  /** Takes the slots of the headers that rules look at. Only at configure: allocates. */
  constructor(
    private readonly config: SamplingConfig,
    headers: TraceHeaders,
  ) {
    this.facts = config.asksRequests ? new MapFacts(config.names, headers) : null;
  }

  /**
   * Puts the decision about the request at hand into `context.sampling`, and into `threshold` what follows of it.
   * @param context with its trace id; `isRandom` as it came. @param threshold @param randomness `th` and `rv` of the
   * trace's tracestate, NONE without. No host call, but what `rates` makes. Allocates: nothing.
   */
  decide(origin: Origin, context: TraceContext, threshold: u64, randomness: u64, rates: RateSource): void {
    this.threshold = threshold;
    const facts = this.facts;
    if (facts != null) facts.begin();
    if (this.config.forces(facts)) return this.force(context);
    const rule = this.config.ruleFor(facts);
    if (origin == Origin.Decided && rule.continued == Continued.Keep) return;
    if (origin == Origin.Decided && rule.continued == Continued.Never) return this.set(context, false, NONE);
    // Who asked for this very trace is obeyed, whatever the share.
    if (context.sampling == Sampling.Debug) return;
    const isLimited = origin != Origin.Decided && rule.bucket != UNLIMITED;
    let sampled: bool = randomnessOf(context, randomness) >= rule.threshold;
    if (sampled && isLimited) sampled = rates.take(rule.bucket);
    // A limit makes the probability unknown, and so does an id that nobody says is random.
    const isKnown = sampled && !isLimited && (context.isRandom || randomness != NONE);
    // That all of the traces that start here are sampled is not worth a header on each of them.
    const isTold = this.config.writesThreshold && !(origin == Origin.Started && rule.threshold == ALWAYS);
    this.set(context, sampled, isKnown && isTold ? rule.threshold : NONE);
  }

  /** What is sampled already stays as it is. */
  private force(context: TraceContext): void {
    if (!context.isSampled) this.set(context, true, NONE);
  }

  private set(context: TraceContext, sampled: bool, threshold: u64): void {
    context.sampling = sampled ? Sampling.Sampled : Sampling.Dropped;
    this.threshold = threshold;
  }
}
