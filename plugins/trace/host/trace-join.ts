import { CorrelationRing, Counter, sharedSecret, TotalCounter } from "../../../assembly";
import { Join, PAGE_NOTES } from "../../../assembly/core/correlation-page";
import { TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { JoinConfig, JoinMode } from "../join/config";
import { JoinKey } from "../join/join-key";
import { readRecord, RecordWriter, RECORD_STEM } from "../join/join-record";

/**
 * What requests into a workload leave for the requests that they cause: nothing happens on the side that does the other.
 * Joins outbound requests to inbound ones through the data that all workers of this Envoy share. Reads no header: keys
 * come from slots of TraceHeaders, so that its map must be the running request's.
 */
@final
export class TraceJoin {
  private readonly mode: JoinMode;
  private readonly keys: JoinKey[] = [];
  private readonly ring: CorrelationRing;
  private readonly writer: RecordWriter = new RecordWriter();
  private readonly remembered: Counter = new Counter("tidegate_trace_join_remembered_total");
  private readonly parentless: Counter = new Counter("tidegate_trace_join_parentless_total");
  private readonly ambiguous: Counter = new Counter("tidegate_trace_join_ambiguous_total");
  private readonly missed: Counter = new Counter("tidegate_trace_join_missed_total");
  private readonly keyless: Counter = new Counter("tidegate_trace_join_keyless_total");
  private readonly evicted: TotalCounter = new TotalCounter("tidegate_trace_join_evicted_total");
  private readonly lost: TotalCounter = new TotalCounter("tidegate_trace_join_lost_total");

  /** Takes slots of `headers`. Only in onConfigure: allocates all memory that there will be, in shared data too. */
  constructor(config: JoinConfig, headers: TraceHeaders, hostErrors: Counter) {
    const scope = `tidegate.trace.join.${config.group}`;
    const pages = (config.entries + PAGE_NOTES - 1) / PAGE_NOTES;
    this.mode = config.mode;
    this.ring = new CorrelationRing(scope, pages, <u64>config.ttlNs, hostErrors, RECORD_STEM);
    const places = sharedSecret(scope);
    const checks = sharedSecret(scope + ".check");
    for (let i = 0; i < config.by.length; i++) this.keys.push(new JoinKey(config.by[i], headers, places, checks));
  }

  /**
   * Remembers with what context the running inbound request goes on.
   * Under each key, since which of them the application forwards is not known. Up to three host calls a key, two when
   * the same is noted already. Allocates: nothing.
   */
  remember(context: TraceContext): void {
    if (this.mode != JoinMode.Inbound || !context.hasTrace) return;
    let found = false;
    for (let i = 0; i < this.keys.length; i++) {
      const key = unchecked(this.keys[i]);
      if (!key.read()) continue;
      found = true;
      this.ring.note(key.place, this.writer.write(key.check, context));
    }
    (found ? this.remembered : this.keyless).add(1);
  }

  /**
   * Lets `context` be that of the inbound request which caused the running outbound one, if this answers `Join.One`; it
   * is left as it is otherwise. Its parent is 0 when requests of one trace with different parents came under the key.
   * By the first key that leads to one trace. Up to two host calls a key. Allocates: nothing.
   */
  recall(context: TraceContext): Join {
    if (this.mode != JoinMode.Outbound) return Join.None;
    let found = false;
    let worst = Join.None;
    for (let i = 0; i < this.keys.length; i++) {
      const key = unchecked(this.keys[i]);
      if (!key.read()) continue;
      found = true;
      const join = this.ring.find(key.place);
      if (join == Join.Ambiguous) worst = join;
      if (join != Join.One || !readRecord(this.ring.value, key.check, context)) continue;
      this.parentless.add(u64(context.parentId == 0));
      return join;
    }
    (worst == Join.Ambiguous ? this.ambiguous : found ? this.missed : this.keyless).add(1);
    return worst;
  }

  /** Hands counts to the host; call it on the tick. Allocates: nothing. */
  flush(): void {
    this.remembered.flush();
    this.parentless.flush();
    this.ambiguous.flush();
    this.missed.flush();
    this.keyless.flush();
    this.evicted.follow(this.ring.evicted);
    this.lost.follow(this.ring.lost);
  }
}
