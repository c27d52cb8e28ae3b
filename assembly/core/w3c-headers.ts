import { ByteView, Utf8 } from "./bytes";
import { HeaderPairsReader } from "./header-pairs";
import { isTraceparent } from "./traceparent";
import { countTracestateMembers, MAX_TRACESTATE_MEMBERS, NO_TRACESTATE } from "./tracestate";

/** What the headers of one kind say, all of them together. */
export enum Field {
  Absent,
  Valid,
  Invalid,
}

/**
 * The W3C trace context of a request, out of its whole header map: only there are repeated headers to be seen.
 * One reader serves all requests. Allocates: nothing once made.
 */
@final
export class W3cHeaders {
  private readonly traceparentName: Utf8 = new Utf8("traceparent");
  private readonly tracestateName: Utf8 = new Utf8("tracestate");
  private readonly pairs: HeaderPairsReader = new HeaderPairsReader();
  private members: i32 = 0;

  traceparent: Field = Field.Absent;
  tracestate: Field = Field.Absent;

  /** Reads a serialised header map into `traceparent` and `tracestate`. */
  read(map: ByteView): void {
    this.traceparent = Field.Absent;
    this.tracestate = Field.Absent;
    this.members = 0;
    const pairs = this.pairs;
    for (pairs.open(map); pairs.next();) {
      if (pairs.name.equals(this.traceparentName)) this.addTraceparent(pairs.value);
      else if (pairs.name.equals(this.tracestateName)) this.addTracestate(pairs.value);
    }
  }

  /** A second traceparent makes both void: which of them is the caller's cannot be known. */
  private addTraceparent(value: ByteView): void {
    const valid = this.traceparent == Field.Absent && isTraceparent(value);
    this.traceparent = valid ? Field.Valid : Field.Invalid;
  }

  /** Several tracestates are one list: https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values */
  private addTracestate(value: ByteView): void {
    if (this.tracestate == Field.Invalid) return;
    const members = countTracestateMembers(value);
    this.members += members;
    const valid = members != NO_TRACESTATE && this.members <= MAX_TRACESTATE_MEMBERS;
    this.tracestate = valid ? Field.Valid : Field.Invalid;
  }
}
