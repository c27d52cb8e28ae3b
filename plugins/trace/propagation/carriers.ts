import { HeaderEdits } from "../context/header-edits";
import { Sampling, TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { ForeignFormats } from "../formats/foreign";
import { createFormat, FORMATS } from "../formats/formats";
import { Found } from "../formats/trace-format";
import { Carrier } from "./carrier";

/** All formats that are read, written, or taken away, on one request. Allocates nothing after construction. */
@final
export class Carriers {
  private readonly all: Carrier[] = [];
  /** Those of `all` that are looked at. */
  private count: i32 = 0;
  /** The format whose trace counts; null when none of those that are read holds one. */
  caller: Carrier | null = null;
  /** What a format says that holds a decision and no trace. */
  decision: Sampling = Sampling.Undecided;
  /** Whether a header of any of the formats arrived. */
  arrived: bool = false;
  /** Whether a header arrived in a format that is read, and could not be taken for anything. */
  invalid: bool = false;

  /** @param stripsAll whether formats that are neither read nor written are taken away too. Only at configure. */
  constructor(extract: string[], inject: string[], stripsAll: bool, headers: TraceHeaders) {
    for (let i = 0; i < extract.length; i++) this.add(extract[i], true, inject.includes(extract[i]), headers);
    for (let i = 0; i < inject.length; i++) {
      if (!extract.includes(inject[i])) this.add(inject[i], false, true, headers);
    }
    for (let i = 0; stripsAll && i < FORMATS.length; i++) {
      if (!extract.includes(FORMATS[i]) && !inject.includes(FORMATS[i])) this.add(FORMATS[i], false, false, headers);
    }
    if (stripsAll) this.all.push(new Carrier(new ForeignFormats(headers), false, false));
    this.count = this.all.length;
  }

  private add(name: string, reads: bool, writes: bool, headers: TraceHeaders): void {
    const format = createFormat(name, headers);
    if (format != null) this.all.push(new Carrier(format, reads, writes));
  }

  /** The carrier of a format by its name; null when it is none of them. Only at configure. */
  named(name: string): Carrier | null {
    for (let i = 0; i < this.all.length; i++) if (this.all[i].format.name == name) return this.all[i];
    return null;
  }

  /** @param trusts whether headers that are neither read nor written are let alone. Allocates: nothing. */
  trustCallers(trusts: bool): void {
    // Those stand at the end.
    let count = this.all.length;
    while (trusts && count > 0 && !unchecked(this.all[count - 1]).isUsed) count--;
    this.count = count;
  }

  /** Finds out what the request says: of the formats that are read, the first with a trace counts. */
  read(): void {
    this.caller = null;
    this.decision = Sampling.Undecided;
    this.arrived = false;
    this.invalid = false;
    for (let i = 0; i < this.count; i++) {
      const carrier = unchecked(this.all[i]);
      if (!carrier.isUsed) {
        this.arrived = this.arrived || carrier.format.isPresent;
        continue;
      }
      carrier.read();
      if (carrier.found == Found.Absent) continue;
      this.arrived = true;
      if (carrier.reads) this.weigh(carrier);
    }
  }

  private weigh(carrier: Carrier): void {
    if (carrier.found == Found.Invalid) this.invalid = true;
    else if (carrier.found == Found.Trace && this.caller == null) this.caller = carrier;
    else if (carrier.found == Found.Decision && this.decision == Sampling.Undecided) {
      this.decision = carrier.context.sampling;
    }
  }

  /**
   * Lets every format that is written say `context`, and takes away what contradicts it.
   * @param stripsAll also whatever the caller sent in a format that is not written.
   * @returns whether a format was written that is not the caller's.
   */
  write(context: TraceContext, stripsAll: bool, edits: HeaderEdits): bool {
    let converted = false;
    for (let i = 0; i < this.count; i++) {
      const carrier = unchecked(this.all[i]);
      if (!carrier.writes) {
        if (stripsAll || carrier.contradicts(context)) carrier.format.remove(edits);
      } else if (!carrier.says(context)) {
        carrier.format.inject(context, edits);
        converted = converted || carrier !== this.caller;
      }
    }
    return converted;
  }

  /** Takes away what cannot be continued, without a trace to put in its place. @param all also all that can. */
  strip(all: bool, edits: HeaderEdits): void {
    for (let i = 0; i < this.count; i++) {
      const carrier = unchecked(this.all[i]);
      if (all || carrier.found == Found.Invalid) carrier.format.remove(edits);
    }
  }
}
