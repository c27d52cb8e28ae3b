import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { writeLowerHex } from "../../../assembly/core/hex";
import { HeaderEdits } from "../context/header-edits";
import { TraceHeaders } from "../context/trace-headers";
import { OtEntry } from "../tracestate/ot-entry";
import { Field, Tracestate } from "../tracestate/tracestate";

/** Key of OpenTelemetry's entry. */
export const OT_KEY: string = "ot";
// @ts-ignore: decorator
@inline
const SPAN_ID_DIGITS: i32 = 16;

/** The tracestate of one request after another: OpenTelemetry's entry in it, and ours. Allocates nothing once made. */
@final
export class TraceState {
  private readonly list: Tracestate;
  private readonly ot: OtEntry = new OtEntry();
  private readonly otKey: ByteView = new Utf8(OT_KEY);
  private readonly ownKey: ByteView;
  private readonly view: ByteView = new ByteView();
  private readonly digits: StaticArray<u8> = new StaticArray<u8>(SPAN_ID_DIGITS);

  /** @param ownKey of this hop's entry, "" for none. Takes a slot: only at configure. */
  constructor(headers: TraceHeaders, ownKey: string) {
    this.list = new Tracestate(headers);
    this.ownKey = new Utf8(ownKey);
  }

  /** What the request's headers are. */
  get field(): Field {
    return this.list.field;
  }

  /** The threshold that the entries tell, NONE for none. */
  get threshold(): u64 {
    return this.ot.threshold;
  }

  /** The randomness that the entries tell, NONE for none. */
  get randomness(): u64 {
    return this.ot.randomness;
  }

  read(): void {
    this.ot.clear();
    if (this.list.read() == Field.Valid && this.list.find(this.otKey, this.view)) this.ot.read(this.view);
  }

  /** Forgets all entries: they belong to a trace that is not continued. */
  clear(): void {
    this.list.clear();
    this.ot.clear();
  }

  /** Lets the entries tell this threshold; what they tell already is left as it is. */
  tell(threshold: u64): void {
    if (threshold == this.ot.threshold) return;
    const value = this.ot.compose(threshold);
    if (value.length > 0) this.list.put(this.otKey, value);
    else this.list.drop(this.otKey);
  }

  /** Makes the span of this hop our entry, if we have one. */
  sign(spanId: u64): void {
    if (this.ownKey.length == 0) return;
    const to = changetype<usize>(this.digits);
    writeLowerHex(spanId, SPAN_ID_DIGITS, to);
    this.view.set(to, SPAN_ID_DIGITS);
    this.list.put(this.ownKey, this.view);
  }

  write(edits: HeaderEdits): void {
    this.list.write(edits);
  }

  /** The entries as one text of at most 512 bytes; null when there are none. Only after `write`, which it may shorten. */
  text(): ByteView | null {
    return this.list.size > 0 ? this.list.compose() : null;
  }
}
