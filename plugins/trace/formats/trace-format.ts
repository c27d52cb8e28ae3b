import { HeaderEdits } from "../context/header-edits";
import { TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";

/** What a request's headers of one format say. */
export enum Found {
  /** There are none. */
  Absent,
  /** A trace to continue. */
  Trace,
  /** No trace, but whether one that is started is to be sampled. */
  Decision,
  /** What cannot be taken for anything. */
  Invalid,
}

/** One format of trace context. Takes its slots at construction, which is for configure; allocates nothing later. */
export abstract class TraceFormat {
  protected readonly slots: i32[] = [];

  constructor(
    /** As in the configuration. */
    readonly name: string,
    protected readonly headers: TraceHeaders,
  ) {}

  /** Whether the format can be written; one that cannot is only read, or removed. */
  get canWrite(): bool {
    return true;
  }

  /** Reads the request's headers into `context`, which is cleared first. What it says of `context` holds for Trace and Decision. */
  abstract extract(context: TraceContext): Found;

  /** Writes a context that has a trace, a parent and any sampling; HeaderEdits leaves headers alone that need no change. */
  abstract inject(context: TraceContext, edits: HeaderEdits): void;

  /** Takes all headers of the format away. */
  remove(edits: HeaderEdits): void {
    for (let i = 0; i < this.slots.length; i++) edits.remove(unchecked(this.slots[i]));
  }

  /** Whether the request has any of the format's headers. */
  get isPresent(): bool {
    for (let i = 0; i < this.slots.length; i++) if (this.headers.count(unchecked(this.slots[i])) > 0) return true;
    return false;
  }

  /** Only at construction. */
  protected take(name: string): i32 {
    const slot = this.headers.slot(name);
    this.slots.push(slot);
    return slot;
  }

  /** Only at construction: all headers whose names begin so. */
  protected takePrefix(name: string): void {
    this.slots.push(this.headers.prefixSlot(name));
  }
}
