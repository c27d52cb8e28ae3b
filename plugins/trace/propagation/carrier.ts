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
}
