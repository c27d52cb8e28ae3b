import { ByteView } from "../../../assembly/core/bytes";
import { skipOws, trimOws } from "../../../assembly/core/ows";
import { TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { Found, TraceFormat } from "./trace-format";

/** A format whose trace is in one header. */
export abstract class SingleHeaderFormat extends TraceFormat {
  protected readonly slot: i32;
  private readonly value: ByteView = new ByteView();

  /** Only at configure. @param header in lower case. */
  constructor(name: string, header: string, headers: TraceHeaders) {
    super(name, headers);
    this.slot = this.take(header);
  }

  /** Several headers are void: which of them is the caller's cannot be known. */
  extract(context: TraceContext): Found {
    context.clear();
    if (this.headers.count(this.slot) == 0) return Found.Absent;
    const value = this.value;
    if (!this.headers.single(this.slot, value)) return Found.Invalid;
    const valueEnd = value.ptr + <usize>value.length;
    const from = skipOws(value.ptr, valueEnd);
    const found = this.parse(from, trimOws(from, valueEnd), context);
    if (found != Found.Trace && found != Found.Decision) context.clear();
    return found;
  }

  /** Reads the value from `from` to `end`, without white space around it, into a context that is clear. */
  protected abstract parse(from: usize, end: usize, context: TraceContext): Found;
}
