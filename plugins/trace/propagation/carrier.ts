import { TraceContext } from "../context/trace-context";
import { Found, TraceFormat } from "../formats/trace-format";

/** One format on a request, and what the request said in it. */
@final
export class Carrier {
  readonly context: TraceContext = new TraceContext();
  found: Found = Found.Absent;

  /** Neither read nor written: only to be taken away from callers who are not trusted. */
  constructor(
    readonly format: TraceFormat,
    readonly reads: bool,
    readonly writes: bool,
  ) {}

  get isUsed(): bool {
    return this.reads || this.writes;
  }

  /** Reads the request at hand. Allocates: nothing. */
  read(): void {
    this.context.clear();
    this.found = this.format.extract(this.context);
  }

  get isTrace(): bool {
    return this.found == Found.Trace;
  }

  /** Whether the request carries just this context already. */
  says(context: TraceContext): bool {
    return this.isTrace && this.context.saysTheSame(context);
  }

  /**
   * Whether what the request carries is wrong where it goes on with this context. A format that nobody can write anew is
   * not: its spans are named in its own way, so that of another span in the same trace it says what it can.
   */
  contradicts(context: TraceContext): bool {
    if (this.format.canWrite) return !this.says(context);
    return this.found == Found.Invalid || (this.isTrace && !this.context.sameTrace(context));
  }
}
