import { ByteView, Counter, Header, monotonicNs, Presence, responseHeader } from "../../../assembly";
import { isServerError } from "../../../assembly/core/http-status";
import { drawn } from "../../../assembly/core/percent";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { RequestFacts } from "../../../assembly/request/facts";
import { HashSecret } from "../../../assembly/request/key";
import { RequestMatch } from "../../../assembly/request/match";
import { ClassTotals } from "../answer/totals";
import { Concurrency, Outcome } from "../concurrency/concurrency";
import { latencyClass } from "../concurrency/route-class";
import { RateLimitConfig } from "../config";
import { Shedder } from "../priority/shedder";
import { StreamState } from "./stream-state";

/** The limit on requests in flight, at the streams of one worker. */
@final
export class Gate {
  /** By class of priority; one without classes. */
  readonly totals: ClassTotals[] = [];
  /** Whether no request is turned away. */
  readonly shadow: bool;
  /** Class of the request that `admits` saw last. */
  lastClass: i32 = 0;
  private readonly status: Header = responseHeader(":status");
  private readonly uncounted: RequestMatch[];
  private readonly countedPercent: i32;

  /** @param concurrency as configured, or one that only watches. Only in onConfigure: allocates. */
  constructor(
    config: RateLimitConfig,
    private readonly concurrency: Concurrency,
    private readonly shedder: Shedder | null,
    private readonly secret: HashSecret,
    private readonly hostErrors: Counter,
  ) {
    const limit = config.concurrency;
    this.shadow = limit == null || limit.shadow;
    this.uncounted = config.uncounted;
    this.countedPercent = config.countedPercent;
    const classes = config.priorities.classes.length;
    for (let i = 0; i < max(classes, 1); i++) this.totals.push(new ClassTotals());
  }

  /** Whether the request is one that counts. Allocates: nothing. */
  counts(facts: RequestFacts, chance: Xoshiro256): bool {
    if (!drawn(chance, this.countedPercent)) return false;
    for (let i = 0; i < this.uncounted.length; i++) if (unchecked(this.uncounted[i]).holds(facts)) return false;
    return true;
  }

  /**
   * Whether there is room for a request that counts; it is counted as offered. One host call for the worker's first.
   * Allocates: nothing.
   */
  admits(facts: RequestFacts, nowNs: u64): bool {
    const shedder = this.shedder;
    const concurrency = this.concurrency;
    if (!concurrency.isUsed) concurrency.join(nowNs);
    if (shedder == null) return this.note(0, concurrency.admits());
    const rank = shedder.rankOf(facts, this.secret, nowNs);
    const isFull = concurrency.isFull;
    const admitted = concurrency.admits(shedder.limitShare(rank));
    shedder.note(rank, admitted, isFull);
    return this.note(shedder.classOf(rank), admitted);
  }

  private note(priorityClass: i32, admitted: bool): bool {
    const totals = unchecked(this.totals[priorityClass]);
    this.lastClass = priorityClass;
    if (admitted) totals.admitted++;
    else if (this.shadow) totals.wouldReject++;
    else totals.rejected++;
    return admitted;
  }

  /** The stream goes on, and is in flight from now on. One host call if it is timed. Allocates: nothing. */
  enter(stream: StreamState, facts: RequestFacts, nowNs: u64): void {
    const concurrency = this.concurrency;
    stream.isInside = true;
    stream.enteredNs = nowNs;
    stream.latencyClass = concurrency.samples() ? latencyClass(facts.path(), null) : 0;
    concurrency.enter(nowNs);
  }

  /**
   * The answer's headers are there. Two host calls if the stream is timed. Allocates: nothing.
   * @returns the time, 0 for a stream that is not timed.
   */
  leave(stream: StreamState): u64 {
    if (!stream.isInside) return 0;
    stream.isInside = false;
    if (stream.latencyClass == 0) {
      this.concurrency.leave(0, 0, 0, Outcome.Unread);
      return 0;
    }
    const nowNs = monotonicNs();
    const latencyNs = max<i64>(1, <i64>(nowNs - stream.enteredNs));
    this.concurrency.leave(nowNs, <u64>latencyNs, stream.latencyClass, this.outcome());
    return nowNs;
  }

  /** The stream is over, without an answer if it is still in flight: one host call if it is timed. Allocates: nothing. */
  abandon(stream: StreamState): void {
    if (!stream.isInside) return;
    stream.isInside = false;
    const nowNs = stream.latencyClass != 0 ? monotonicNs() : 0;
    const latencyNs = nowNs != 0 ? max<i64>(1, <i64>(nowNs - stream.enteredNs)) : 0;
    this.concurrency.leave(nowNs, <u64>latencyNs, stream.latencyClass, Outcome.Abandoned);
  }

  private outcome(): Outcome {
    const status = this.status;
    if (status.read() == Presence.Found) return isServerError(status.value) ? Outcome.Failed : Outcome.Fine;
    this.hostErrors.add(1);
    return Outcome.Unread;
  }
}
