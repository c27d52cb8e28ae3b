import { ByteView, CorrelationRing, Counter, Header, Presence, requestHeader, TotalCounter } from "../../../assembly";
import { Join } from "../../../assembly/core/correlation-page";
import { isLabel } from "../lanes/lanes";
import { correlationId, hasTraceId, Propagation, PropagationMode } from "../lanes/propagation";
import { OwnHeader } from "./own-header";

/** 4096 labels, at most 320 KiB in an Envoy for each group. */
const PAGES: i32 = 256;

/** A header that requests of one cause share. */
@final
class Correlator {
  readonly header: Header;
  readonly hasTraceId: bool;

  constructor(name: string) {
    this.header = requestHeader(name);
    this.hasTraceId = hasTraceId(name);
  }
}

/**
 * Hands a label on to the next hop. Call `arrive` before rules look at the request, `leave` when they have decided.
 * Only requests with a label are remembered, so that the others cost no write.
 */
@final
export class LanePropagation {
  private readonly mode: PropagationMode;
  private readonly header: OwnHeader;
  private readonly correlators: Correlator[] = [];
  private readonly ring: CorrelationRing | null;
  private readonly id: ByteView = new ByteView();
  private readonly remembered: Counter = new Counter("tidegate_canary_labels_remembered_total");
  private readonly restored: Counter = new Counter("tidegate_canary_labels_restored_total");
  private readonly ambiguous: Counter = new Counter("tidegate_canary_labels_ambiguous_total");
  private readonly evicted: TotalCounter = new TotalCounter("tidegate_canary_labels_evicted_total");
  private readonly lost: TotalCounter = new TotalCounter("tidegate_canary_labels_lost_total");

  /** Only in onConfigure: allocates all memory that there will be. */
  constructor(
    propagation: Propagation,
    private readonly hostErrors: Counter,
  ) {
    this.mode = propagation.mode;
    this.header = new OwnHeader(propagation.header, hostErrors);
    this.ring = ringOf(propagation, hostErrors);
    for (let i = 0; i < propagation.by.length; i++) this.correlators.push(new Correlator(propagation.by[i]));
  }

  /** Remembers the running request's label, or gives it back one. Allocates: nothing. */
  arrive(): void {
    if (this.mode == PropagationMode.Edge) return;
    const presence = this.header.read();
    if (this.mode == PropagationMode.Inbound) {
      if (presence == Presence.Found && isLabel(this.header.value)) this.remember();
    } else if (presence == Presence.Absent) {
      this.restore();
    }
    if (presence == Presence.Failed) this.hostErrors.add(1);
  }

  /**
   * Lets the running request go on with the label by which a rule chose its lane, if this is the edge.
   * @param label of no bytes when no lane was chosen: then no label goes on. Allocates: nothing.
   */
  leave(label: ByteView): void {
    if (this.mode != PropagationMode.Edge) return;
    if (label.length == 0) this.header.strip();
    else this.header.write(label);
  }

  /** Hands counts to the host; call it on the tick. Allocates: nothing. */
  flush(): void {
    this.remembered.flush();
    this.restored.flush();
    this.ambiguous.flush();
    const ring = this.ring;
    if (ring == null) return;
    this.evicted.follow(ring.evicted);
    this.lost.follow(ring.lost);
  }

  /** Under each id, since which of them the application forwards is not known. */
  private remember(): void {
    const ring = this.ring!;
    let found = false;
    for (let i = 0; i < this.correlators.length; i++) {
      if (!this.findId(i)) continue;
      found = true;
      ring.remember(this.id, this.header.value);
    }
    if (found) this.remembered.add(1);
  }

  /** By the first id that leads to one label. */
  private restore(): void {
    const ring = this.ring!;
    for (let i = 0; i < this.correlators.length; i++) {
      if (!this.findId(i)) continue;
      const join = ring.recall(this.id);
      if (join == Join.Ambiguous) this.ambiguous.add(1);
      if (join != Join.One) continue;
      this.restored.add(1);
      return this.header.write(ring.value);
    }
  }

  private findId(index: i32): bool {
    const correlator = unchecked(this.correlators[index]);
    const presence = correlator.header.read();
    if (presence == Presence.Failed) this.hostErrors.add(1);
    return presence == Presence.Found && correlationId(correlator.header.value, correlator.hasTraceId, this.id);
  }
}

/** What the group shares; nothing at the edge. */
function ringOf(propagation: Propagation, hostErrors: Counter): CorrelationRing | null {
  if (propagation.mode == PropagationMode.Edge) return null;
  const scope = `tidegate.canary.lanes.${propagation.group}`;
  return new CorrelationRing(scope, PAGES, <u64>propagation.ttlNs, hostErrors);
}
